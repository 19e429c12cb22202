//go:build cgo

package inprocess_test

import (
	"fmt"
	"image/color"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// twoPages returns a PDF of a red page of 200x100 and a blue one of 60x80.
func twoPages(t *testing.T, s site) []byte {
	t.Helper()
	if !vips.CanLoad(sniff.PDF) {
		t.Skip("this libvips reads no PDF")
	}
	file := pdftest.File([]pdftest.Page{
		{Box: "0 0 200 100", Content: "1 0 0 rg 0 0 200 100 re f"},
		{Box: "0 0 60 80", Content: "0 0 1 rg 0 0 60 80 re f"},
	})
	for _, name := range []string{"doc.pdf", "noext"} {
		if err := os.WriteFile(filepath.Join(s.root, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return file
}

// A PDF is delivered as it is, and its pages as images, wherever it comes
// from.
func TestPDF(t *testing.T) {
	for name, directives := range map[string]string{
		"fs":   "images {\n origin fs ROOT\n}",
		"next": "images\nroot ROOT\nfile_server",
		"own":  "images {\n origin fs ROOT\n isolation strict\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			file := twoPages(t, s)
			whole := s.get(t, "/doc.pdf")
			whole.wants(t, 200, "Content-Type", "application/pdf", "Content-Security-Policy", "none")
			if string(whole.body) != string(file) {
				t.Error("the file itself is not delivered as it is")
			}
			for _, file := range []string{"doc.pdf", "noext"} {
				s.get(t, "/"+file+"/ik-thumbnail.jpg").wantsSize(t, 200, 100)
				s.get(t, "/tr:pg-2/"+file+"/ik-thumbnail.jpg").wantsSize(t, 60, 80)
				a := s.get(t, "/"+file+"/ik-thumbnail.jpg?tr=pg-2,w-120,f-png")
				a.wants(t, 200, "Content-Type", "image/png")
				a.wantsSize(t, 120, 160)
				a.wantPixel(t, 60, 80, color.NRGBA{0, 0, 255, 255})
				s.get(t, "/tr:pg-2,f-png/"+file).wantsSize(t, 60, 80)
				s.get(t, "/tr:pg-3/"+file).wants(t, 400, "Ik-Error", "EINVAL - Page 3 was requested; the original has 2 pages")
				s.get(t, "/"+file+"/ik-thumbnail.jpg", "If-None-Match", s.get(t, "/"+file+"/ik-thumbnail.jpg").Header.Get("Etag")).wants(t, 304)
			}
			if one, other := s.get(t, "/tr:pg-1/doc.pdf").Header.Get("Etag"), s.get(t, "/tr:pg-2/doc.pdf").Header.Get("Etag"); one == other {
				t.Error("two pages have one entity tag")
			}
			s.get(t, "/doc.pdf/ik-thumbnail.jpg?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="doc.jpg"`)
			s.get(t, "/doc.pdf?ik-attachment=true").wants(t, 200, "Content-Disposition", `attachment; filename="doc.pdf"`)
			layer := s.get(t, "/tr:w-100,h-100,l-image,i-doc.pdf,pg-2,w-100,h-100,t-false,l-end,f-png/red.jpg")
			layer.wants(t, 200)
			layer.wantPixel(t, 50, 50, color.NRGBA{0, 0, 255, 255})
			s.get(t, "/tr:l-image,i-doc.pdf,l-end/red.jpg").wants(t, 400)
		})
	}
}

func TestPDFsThatAreRefused(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n max_pdf_size 600\n}")
	size := len(twoPages(t, s))
	large := fmt.Sprintf("ELIMIT - The PDF has %d bytes, more than max_pdf_size, 600", size)
	s.get(t, "/doc.pdf/ik-thumbnail.jpg").wants(t, 400, "Ik-Error", large)
	s.get(t, "/doc.pdf").wants(t, 200)
	s.get(t, "/tr:w-10/doc.pdf").wants(t, 400, "Ik-Error", "EBADMSG - The original is a PDF, which is not an image; the URL must name one of its pages")
	if a := s.get(t, "/tr:l-image,i-doc.pdf,pg-1,l-end/red.jpg"); a.StatusCode != 400 || !strings.Contains(a.Header.Get("Ik-Error"), "max_pdf_size, 600") {
		t.Error(a.StatusCode, a.Header.Get("Ik-Error"))
	}

	s = serve(t, "images {\n origin fs ROOT\n isolation off\n}")
	twoPages(t, s)
	s.get(t, "/doc.pdf/ik-thumbnail.jpg").wants(t, 400, "Ik-Error", "EINVAL - Pages of a PDF need worker processes, and this server has `isolation off`")
	s.get(t, "/doc.pdf").wants(t, 200)
}

// The metadata of a PDF is that of its first page.
func TestMetaOfPDF(t *testing.T) {
	s := serve(t, "images {\n dialect imagizer\n origin fs ROOT\n}")
	size := len(twoPages(t, s))
	for _, name := range []string{"doc.pdf", "noext"} {
		a := s.get(t, "/"+name+"?meta=true")
		a.wants(t, 200, "Content-Type", "application/json")
		start := fmt.Sprintf(`{"fileSize":%d,"width":200,"height":100,"fileType":"pdf","mimeType":"application/pdf",`, size)
		if got := string(a.body); !strings.HasPrefix(got, start) || !strings.Contains(got, `"pages":2,`) {
			t.Errorf("%s: got %s, want %s and 2 pages", name, got, start)
		}
	}
}
