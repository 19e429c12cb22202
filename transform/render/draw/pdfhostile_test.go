//go:build cgo

package draw_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// What a viewer would run or open when a document is opened is left alone: no
// program, no connection, no other file.
func TestPDFsDoNothing(t *testing.T) {
	needPDF(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var connections atomic.Int32
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	made := filepath.Join(t.TempDir(), "made")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte(rectangle(redInk, 0, 0, 200, 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, action := range map[string]string{
		"script": "/S/JavaScript/JS(app.launchURL\\('http://" + l.Addr().String() + "/'\\); this.exportDataObject\\({cName:'x'}\\);)",
		"uri":    "/S/URI/URI(http://" + l.Addr().String() + "/)",
		"launch": "/S/Launch/F(/usr/bin/touch)/Unix<</F(/usr/bin/touch)/P(" + made + ")>>",
		"form":   "/S/SubmitForm/F<</FS/URL/F(http://" + l.Addr().String() + "/)>>",
		"other":  "/S/GoToR/F(" + secret + ")/D[0/Fit]",
	} {
		objects := []string{
			fmt.Sprintf("<</Type/Catalog/Pages 2 0 R/OpenAction<</Type/Action%s>>/AA<</WC<<%[1]s>>>>/Names<</JavaScript<</Names[(a)<<%[1]s>>]>>>>>>", action),
			"<</Type/Pages/Count 1/Kids[3 0 R]>>",
			fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/AA<</O<<%s>>>>/Annots[<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[0 0 200 100]/A<<%[1]s>>>>]>>", action),
			// The content is said to be in another file.
			pdftest.Stream("/F("+secret+")", rectangle(blueInk, 0, 0, 200, 100)),
		}
		wantLike(t, paper(t, pdftest.Of("", objects...), 1), solid(200, 100, pdfBlue), 0)
		if _, err := os.Stat(made); err == nil {
			t.Errorf("%s ran a program", name)
		}
	}
	if n := connections.Load(); n > 0 {
		t.Errorf("%d connections", n)
	}
}

// A document may hold itself, in every way that there is.
func TestPDFsThatHoldThemselves(t *testing.T) {
	needPDF(t)
	page := func(more, content string) pdftest.Page {
		return pdftest.Page{Box: "0 0 200 100", Content: rectangle(blueInk, 0, 0, 200, 100) + content, More: more}
	}
	form := "/Type/XObject/Subtype/Form/BBox[0 0 200 100]"
	deep := []string{}
	for n := range 2000 {
		deep = append(deep, pdftest.Stream(fmt.Sprintf("%s/Resources<</XObject<</X %d 0 R>>>>", form, 6+n), "/X Do"))
	}
	for name, file := range map[string][]byte{
		"form":           pdftest.File([]pdftest.Page{page("/Resources<</XObject<</X 5 0 R>>>>", "/X Do")}, pdftest.Stream(form+"/Resources<</XObject<</X 5 0 R>>>>", "/X Do /X Do")),
		"two forms":      pdftest.File([]pdftest.Page{page("/Resources<</XObject<</X 5 0 R>>>>", "/X Do")}, pdftest.Stream(form+"/Resources<</XObject<</X 6 0 R>>>>", "/X Do"), pdftest.Stream(form+"/Resources<</XObject<</X 5 0 R>>>>", "/X Do")),
		"2000 forms":     pdftest.File([]pdftest.Page{page("/Resources<</XObject<</X 5 0 R>>>>", "/X Do")}, deep...),
		"pattern":        pdftest.File([]pdftest.Page{page("/Resources<</Pattern<</P 5 0 R>>>>", "")}, pdftest.Stream("/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep 9/YStep 9/Resources<</Pattern<</P 5 0 R>>>>", "/Pattern cs /P scn 0 0 9 9 re f")),
		"mask":           pdftest.File([]pdftest.Page{page("/Resources<</ExtGState<</G 5 0 R>>>>", "/G gs")}, "<</SMask<</S/Alpha/G 6 0 R>>>>", pdftest.Stream(form+"/Group<</S/Transparency>>/Resources<</ExtGState<</G 5 0 R>>>>", "/G gs 0 0 9 9 re f")),
		"brackets":       pdftest.File([]pdftest.Page{page("", strings.Repeat("[", 100_000)+strings.Repeat("<<", 100_000)+strings.Repeat("q ", 100_000))}),
		"its own length": pdftest.File([]pdftest.Page{page("", "")}, "<</Length 5 0 R>>stream\nx\nendstream"),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := draw.Draw(context.Background(), paperJob(file, 1))
			if err != nil {
				if kind := errors.From(err).Kind; kind != errors.BadImage {
					t.Errorf("%v", err)
				}
				return
			}
			wantColor(t, decode(t, r.Body), 100, 50, pdfBlue, 0)
		})
	}
}

// libvips reads PDF by a module, which may not be there. Another home has it look
// for modules elsewhere.
func TestNoPDF(t *testing.T) {
	const inside = "CADDY_IMAGES_TEST_NO_PDF"
	if os.Getenv(inside) == "" {
		needPDF(t)
		child := exec.Command(os.Args[0], "-test.run=^TestNoPDF$", "-test.v")
		child.Env = append(os.Environ(), inside+"=1", "VIPSHOME=/nowhere")
		if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS") && !strings.Contains(string(out), "--- SKIP") {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	if vips.CanLoad(sniff.PDF) {
		t.Skip("this libvips needs no module for PDF")
	}
	wantMessage(t, failure(t, paperJob(pdftest.File(two()), 1), errors.BadImage), "is pdf", "cannot read")
	wantLike(t, drawn(t, asPNG(t, solid(9, 9, red))), solid(9, 9, red), 0)
}
