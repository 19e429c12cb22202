package header_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// picture returns one of a PDF, of which only the dictionary counts.
func picture(entries string) string { return pdftest.Stream("/Subtype/Image"+entries, "") }

func TestReadPDF(t *testing.T) {
	page := func(box, more string) pdftest.Page { return pdftest.Page{Box: box, More: more} }
	for name, tt := range map[string]struct {
		file   []byte
		change func(*header.Header)
	}{
		"one page":           {pdftest.File([]pdftest.Page{page("0 0 30 20", "")}), nil},
		"packed":             {pdftest.Packed([]pdftest.Page{page("0 0 30 20", "")}), nil},
		"the largest":        {pdftest.File([]pdftest.Page{page("0 0 10 10", ""), page("0 0 30 20", ""), page("0 0 500 1", "")}), nil},
		"the largest packed": {pdftest.Packed([]pdftest.Page{page("0 0 10 10", ""), page("0 0 30 20", "")}), nil},
		"from elsewhere":     {pdftest.File([]pdftest.Page{page("-10.5 15 19.5 -5", "")}), nil},
		"parts of points":    {pdftest.File([]pdftest.Page{page(" 0\n0 29.2  19.1 ", "")}), nil},
		"turned":             {pdftest.File([]pdftest.Page{page("0 0 20 30", "/Rotate 90")}), nil},
		"turned back":        {pdftest.File([]pdftest.Page{page("0 0 20 30", "/Rotate -90")}), nil},
		"upside down":        {pdftest.File([]pdftest.Page{page("0 0 30 20", "/Rotate 180")}), nil},
		"pictures": {pdftest.File([]pdftest.Page{page("0 0 30 20", "")}, picture("/Width 300/Height 10"), picture("/Height 50 /Width 90"), picture("/Width 9999")),
			func(h *header.Header) { h.Inside = 4500 }},
		"jpeg 2000": {pdftest.File([]pdftest.Page{page("0 0 30 20", "")}, picture("/Width 40/Height 30/Filter/JPXDecode")),
			func(h *header.Header) { h.Inside, h.JPX = 1200, true }},
		"an enormous picture": {pdftest.File([]pdftest.Page{page("0 0 30 20", "")}, picture("/Width 99999999999999/Height 99999999999999")),
			func(h *header.Header) { h.Inside = 1 << 48 }},
		"no picture": {pdftest.File([]pdftest.Page{page("0 0 30 20", "/Width 90/Height 50")}, "<</Width 300/Height 20>>"), nil},
	} {
		want := is(sniff.PDF, 30, 20, tt.change)
		if got, ok := header.ReadPage(tt.file, 1); !ok || got != want {
			t.Errorf("%s: %t\n%+v, want\n%+v", name, ok, got, want)
		}
		if got, ok := header.Read(tt.file); ok {
			t.Errorf("%s is an image: %+v", name, got)
		}
	}
	for name, file := range map[string][]byte{
		"no pages": pdftest.File(nil), "no size": pdftest.File([]pdftest.Page{page("0 0 0 9", "")}), "three numbers": pdftest.File([]pdftest.Page{page("0 0 9", "")}),
		"no number": pdftest.File([]pdftest.Page{page("0 0 9 x", "")}), "elsewhere": bytes.Replace(pdftest.File([]pdftest.Page{page("", "")}), []byte("[]"), []byte(" 9 0 R"), 1),
		"cut off": []byte("%PDF-1.7 /MediaBox[0 0 9"), "damaged": []byte("%PDF-1.7 <</ObjStm>>stream\nx"),
	} {
		if got, ok := header.ReadPage(file, 1); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Unpacking is bounded, however much is packed.
func TestReadPDFUnpacksOnlySoMuch(t *testing.T) {
	bomb := pdftest.Deflated("/Type/ObjStm", strings.Repeat(" ", 16<<20)+"/MediaBox[0 0 900 900]")
	file := pdftest.File([]pdftest.Page{{Box: "0 0 30 20"}}, bomb, bomb, bomb)
	got := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if h, ok := header.ReadPage(file, 1); !ok || h.Width != 30 {
				b.Fatal(ok, h)
			}
		}
	})
	if n := got.AllocedBytesPerOp(); n > 32<<20 {
		t.Errorf("%d bytes", n)
	}
	many := pdftest.File([]pdftest.Page{{Box: "0 0 30 20"}}, pdftest.Stream("", strings.Repeat(fmt.Sprintf("/ObjStm stream\n%s", "\x78\x9c\x03\x00\x00\x00\x00\x01"), 100_000)))
	if h, ok := header.ReadPage(many, 1); !ok || h.Width != 30 {
		t.Error(ok, h)
	}
}
