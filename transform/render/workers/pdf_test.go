//go:build linux && cgo

package workers

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// paper asks for the first page of a PDF, as PNG.
func paper(t *testing.T, file []byte) render.Job {
	t.Helper()
	if !vips.CanLoad(sniff.PDF) {
		t.Skip("this libvips reads no PDF")
	}
	j := job(file, 50)
	j.Plan.Page, j.Plan.Output.Format = 1, transform.PNG
	j.Limits.MaxPDFSize = 1 << 20
	return j
}

// What an engine in this process refuses, a worker does, also for who does not know
// that it has to be asked for.
func TestPDFInWorkers(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	r, err := p.Render(context.Background(), paper(t, pdftest.File([]pdftest.Page{{Box: "0 0 200 100", Content: "1 0 0 rg 0 0 100 100 re f"}})))
	if err != nil {
		t.Fatal(err)
	}
	i, err := png.Decode(bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range map[int]color.NRGBA{10: {255, 0, 0, 255}, 40: {255, 255, 255, 255}} {
		if got := color.NRGBAModel.Convert(i.At(x, 12)); got != want {
			t.Errorf("at %d: %v, want %v", x, got, want)
		}
	}
}

// Drawing a page cannot be stopped: the worker is ended, and the next one draws.
func TestDeadlineOfPDF(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	// Each form draws the one after it ten times: 10^9 rectangles.
	const depth = 9
	page := pdftest.Page{Box: "0 0 200 100", Content: "/X Do", More: "/Resources<</XObject<</X 5 0 R>>>>"}
	var forms []string
	for n := range depth {
		inner := bytes.Repeat([]byte("/X Do "), 10)
		if n == depth-1 {
			inner = []byte("0 0 200 100 re f")
		}
		forms = append(forms, pdftest.Stream(fmt.Sprintf("/Type/XObject/Subtype/Form/BBox[0 0 200 100]/Resources<</XObject<</X %d 0 R>>>>", 6+n), string(inner)))
	}
	j := paper(t, pdftest.File([]pdftest.Page{page}, forms...))
	j.Timeout = 300 * time.Millisecond
	wantPicture(t, p) // a worker is there
	_, err := p.Render(context.Background(), j)
	if e := errors.From(err); e.Kind != errors.RenderTimeout {
		t.Fatalf("%v, want a timeout", err)
	}
	wantPicture(t, p)
}

// What a file hides from whoever estimates it takes no more than a worker may have.
func TestMemoryOfPDF(t *testing.T) {
	p := newPool(t, Config{Workers: 1, MaxMemory: 32 << 20})
	const side = "4000" // decoded, 64 MB
	pixels := strings.Repeat("\x80", 4000*4000)
	page := pdftest.Page{Box: "0 0 200 100", Content: "200 0 0 100 0 0 cm /X Do", More: "/Resources<</XObject<</X 5 0 R>>>>"}
	j := paper(t, pdftest.File([]pdftest.Page{page}, pdftest.Deflated("/Type/XObject/Subtype/Image/Width 6 0 R/Height 6 0 R/ColorSpace/DeviceGray/BitsPerComponent 8", pixels), side))
	_, err := p.Render(context.Background(), j)
	// The image is left out, or the process ends.
	if err != nil && errors.From(err).Kind != errors.Internal {
		t.Error(err)
	}
	wantPicture(t, p)
	roomy := newPool(t, Config{Workers: 1, MaxMemory: 512 << 20})
	r, err := roomy.Render(context.Background(), j)
	if err != nil {
		t.Fatal(err)
	}
	i, err := png.Decode(bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.GrayModel.Convert(i.At(25, 12)).(color.Gray).Y; got < 126 || got > 130 {
		t.Errorf("with more it is %d, want 128", got)
	}
}
