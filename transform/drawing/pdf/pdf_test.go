package pdf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform/drawing/pdf"
)

const form = "/Type/XObject/Subtype/Form/BBox[0 0 200 100]"

// page returns a page that draws with the first of further objects, which has
// the number 5.
func page(resources, content string) []pdftest.Page {
	return []pdftest.Page{{Box: "0 0 200 100", Content: content, More: "/Resources<<" + resources + ">>"}}
}

// levels are objects of which each draws the next ones ten times; the last draws nothing.
func levels(n int, stream func(entries, content string) string, entries, resources, content string) []string {
	var all []string
	for level := range n {
		all = append(all, stream(entries+fmt.Sprintf("/Resources<<"+resources+">>", 6+level), strings.Repeat(content, 10)))
	}
	return append(all, stream(entries, ""))
}

// Each of these draws more than a million forms, by another way.
func TestCheck(t *testing.T) {
	xobject := "/XObject<</X %d 0 R>>"
	first := fmt.Sprintf(xobject, 5)
	hexed := func(entries, content string) string {
		return pdftest.Stream(entries+"/Filter[/ASCIIHexDecode]", fmt.Sprintf("%x>", content))
	}
	lzw := func(entries, content string) string {
		return pdftest.Stream(entries+"/Filter/LZWDecode", content)
	}
	pattern := "/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9"
	for name, file := range map[string][]byte{
		"plain":              pdftest.File(page(first, "/X Do"), levels(7, pdftest.Stream, form, xobject, "/X Do ")...),
		"packed":             pdftest.File(page(first, "/X Do"), levels(7, pdftest.Deflated, form, xobject, "/X Do ")...),
		"hexadecimal":        pdftest.File(page(first, "/X Do"), levels(7, hexed, form, xobject, "/X Do ")...),
		"packed unusually":   pdftest.File(page(first, "/X Do"), levels(7, lzw, form, xobject, "/X Do ")...),
		"escaped names":      pdftest.File(page(first, "/#58 Do"), levels(7, pdftest.Stream, form, xobject, "/#58%\nDo ")...),
		"without a page's":   pdftest.File(page("", "/X Do"), levels(7, pdftest.Stream, form, xobject, "/X Do ")...),
		"inherited":          pdftest.File([]pdftest.Page{{Box: "0 0 9 9", Content: "/X Do"}}, append(levels(7, pdftest.Stream, form, xobject, "/X Do "), "<</Resources<<"+first+">>>>")...),
		"patterns":           pdftest.File(page("/Pattern<</P 5 0 R>>", "/Pattern cs /P scn 0 0 9 9 re f"), levels(7, pdftest.Stream, pattern, "/Pattern<</P %d 0 R>>", "/P scn 0 0 9 9 re f ")...),
		"masks":              pdftest.File(page("/ExtGState<</G<</SMask<</S/Alpha/G 5 0 R>>>>>>", "/G gs"), levels(7, pdftest.Stream, form, "/ExtGState<</G<</Type/ExtGState/SMask<</Type/Mask/S/Alpha/G %d 0 R>>>>>>", "/G gs 0 0 9 9 re f ")...),
		"letters":            pdftest.File(page("/Font<</F<</Type/Font/Subtype/Type3/CharProcs<</a 5 0 R>>>>>>", "/F 9 Tf (aaaaaaaaaa) Tj"), levels(7, pdftest.Stream, "", "/Font<</F<</Type/Font/Subtype/Type3/CharProcs<</a %d 0 R>>>>>>", "/F 9 Tf (aaaaaaaaaa) Tj ")...),
		"an annotation":      pdftest.File(nil, append([]string{"<</Subtype/Widget/AP<</N 4 0 R>>>>"}, levels7from4()...)...),
		"indirect resources": pdftest.File(page(first, "/X Do"), indirect()...),
		"defined twice":      append(pdftest.File(page(first, "/X Do"), levels(7, pdftest.Stream, form, xobject, "/X Do ")...), "\n5 0 obj\n<</Length 0/Subtype/Form>>stream\n\nendstream endobj"...),
		"with a subtype":     pdftest.File([]pdftest.Page{{Box: "0 0 9 9", Content: "/X Do", More: "/Subtype/Link/Resources<<" + first + ">>"}}, levels(7, pdftest.Stream, form, xobject, "/X Do ")...),
	} {
		err := pdf.Check(file)
		if err == nil || errors.From(err).Kind != errors.Limit || !strings.Contains(err.Error(), "forms") {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := pdftest.File(page(first, strings.Repeat("/X Do ", 1000)), pdftest.Deflated(form, strings.Repeat("0 0 1 1 re f ", 50_000)))
	if err := pdf.Check(long); err == nil || !strings.Contains(err.Error(), "bytes") {
		t.Errorf("a long form: %v", err)
	}
	bomb := pdftest.File(page(first, "/X Do"), pdftest.Deflated(form, strings.Repeat(" ", 33<<20)))
	if err := pdf.Check(bomb); err == nil || !strings.Contains(err.Error(), "unpacked") {
		t.Errorf("a bomb: %v", err)
	}
	endless := []byte("%PDF-1.7\n" + strings.Repeat("1 0 obj<<", 100_000))
	if err := pdf.Check(endless); err == nil || errors.From(err).Kind != errors.BadImage {
		t.Errorf("objects that do not end: %v", err)
	}
}

func levels7from4() []string {
	var all []string
	for n := range 7 {
		all = append(all, pdftest.Stream(fmt.Sprintf(form+"/Resources<</XObject<</X %d 0 R>>>>", 5+n), strings.Repeat("/X Do ", 10)))
	}
	return append(all, pdftest.Stream(form, ""))
}

// indirect are forms whose resources are objects of their own.
func indirect() []string {
	var all []string
	for n := range 7 {
		all = append(all,
			pdftest.Stream(fmt.Sprintf(form+"/Resources %d 0 R", 6+3*n), strings.Repeat("/X Do ", 10)),
			fmt.Sprintf("<</XObject %d 0 R>>", 7+3*n),
			fmt.Sprintf("<</X %d 0 R>>", 8+3*n))
	}
	return append(all, pdftest.Stream(form, ""))
}

func TestCheckTakesWhatIsUsual(t *testing.T) {
	xobject := "/XObject<</X 5 0 R/Y 6 0 R>>"
	for name, file := range map[string][]byte{
		"text":          pdftest.File(page("/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>", strings.Repeat("BT /F 9 Tf (A text) Tj ET ", 10_000))),
		"packed":        pdftest.Packed(page("", "0 0 9 9 re f")),
		"forms":         pdftest.File(page(xobject, strings.Repeat("/X Do /Y Do ", 10_000)), pdftest.Deflated(form, "0 0 9 9 re f"), pdftest.Stream(form+"/Resources<</XObject<</X 5 0 R>>>>", strings.Repeat("/X Do ", 10))),
		"one in itself": pdftest.File(page(xobject, "/X Do"), pdftest.Stream(form+"/Resources<</XObject<</X 5 0 R>>>>", strings.Repeat("/X Do ", 100))),
		"two in each other": pdftest.File(page(xobject, "/X Do"), pdftest.Stream(form+"/Resources<</XObject<</X 6 0 R>>>>", strings.Repeat("/X Do ", 100)),
			pdftest.Stream(form+"/Resources<</XObject<</X 5 0 R>>>>", strings.Repeat("/X Do ", 100))),
		"a picture":  pdftest.File(page(xobject, strings.Repeat("/X Do ", 1000)), pdftest.Stream("/Subtype/Image/Width 9/Height 9/Filter/DCTDecode", strings.Repeat("x", 100_000))),
		"encrypted":  pdftest.Of("/Encrypt 9 0 R", "<</Type/Catalog/Pages 2 0 R>>", "<</Kids[3 0 R]>>", "<</Type/Page/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>", pdftest.Stream("/Filter/FlateDecode", strings.Repeat("x", 100_000)), pdftest.Stream(form+"/Filter/FlateDecode", "y")),
		"no objects": []byte("%PDF-1.7"),
		"brackets":   pdftest.File(page("", strings.Repeat("[", 100_000)+strings.Repeat("<<", 100_000))),
	} {
		if err := pdf.Check(file); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzCheck: whatever a file holds, it is taken or refused.
func FuzzCheck(f *testing.F) {
	f.Add(pdftest.File(page("/XObject<</X 5 0 R>>", "/X Do (a\\)) Tj <41> Tj"), pdftest.Deflated(form, "/X Do")))
	f.Add(pdftest.Packed(page("/XObject<</X 3 0 R>>", "/X Do")))
	f.Add([]byte("1 0 obj<</Contents[1 0 R]/Filter/RL/Length 1 0 R>>stream\n\xffxendstream 1 0 obj[1 0 R<<>>]"))
	f.Fuzz(func(t *testing.T, file []byte) { _ = pdf.Check(file) })
}
