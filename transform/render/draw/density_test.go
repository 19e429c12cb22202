//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// A JPEG says its density in its first segment (JFIF, section 10.1), a PNG in
// pHYs, by the metre (PNG, section 11.3.4.3).
func TestDensity(t *testing.T) {
	original := asPNG(t, solid(20, 10, red))
	for _, metadata := range []bool{false, true} {
		jpeg := result(t, newJob(original, transform.Output{Format: transform.JPEG, Density: transform.Num(300), Metadata: metadata})).Body
		at := bytes.Index(jpeg, []byte("JFIF\x00"))
		if at < 0 {
			t.Fatal("no JFIF")
		}
		unit, x, y := jpeg[at+7], binary.BigEndian.Uint16(jpeg[at+8:]), binary.BigEndian.Uint16(jpeg[at+10:])
		if unit == 2 { // by the centimetre
			x, y = uint16(float64(x)*2.54+0.5), uint16(float64(y)*2.54+0.5)
		}
		if unit == 0 || x < 299 || x > 301 || y != x {
			t.Errorf("unit %d, %d by %d", unit, x, y)
		}
		png := result(t, newJob(original, transform.Output{Format: transform.PNG, Density: transform.Num(300), Metadata: metadata})).Body
		at = bytes.Index(png, []byte("pHYs"))
		if at < 0 {
			t.Fatal("no pHYs")
		}
		if x, unit := binary.BigEndian.Uint32(png[at+4:]), png[at+12]; x != 11811 || unit != 1 {
			t.Errorf("%d, unit %d", x, unit)
		}
		wantEverywhere(t, decode(t, png), red, 0)
	}
}

// densityOf reads the density of a PNG.
func densityOf(t *testing.T, file []byte) int {
	t.Helper()
	at := bytes.Index(file, []byte("pHYs"))
	if at < 0 {
		t.Fatal("no pHYs")
	}
	return int(float64(binary.BigEndian.Uint32(file[at+4:]))*0.0254 + 0.5)
}

// The density of the original may be what the result's is computed from. One that
// says none has 72.
func TestDensityOfTheOriginal(t *testing.T) {
	own := transform.Term{Kind: transform.FactTerm, Fact: transform.InitialDensity}
	times := func(v float64) transform.Number {
		n, _ := transform.Expression(own, transform.Term{Value: v}, transform.Term{Kind: transform.OperationTerm, Operation: transform.Multiply})
		return n
	}
	plain := asPNG(t, solid(20, 10, red))
	for _, format := range []transform.Format{transform.PNG, transform.JPEG} {
		dense := result(t, newJob(plain, transform.Output{Format: format, Density: transform.Num(300)})).Body
		got := result(t, newJob(dense, transform.Output{Format: transform.PNG, Density: times(4)}))
		if dpi := densityOf(t, got.Body); dpi != 1200 || got.Size != (transform.Size{Width: 20, Height: 10}) {
			t.Errorf("%s: %d, %v", format, dpi, got.Size)
		}
		wantMessage(t, failure(t, newJob(dense, transform.Output{Format: transform.PNG, Density: times(5)}), errors.BadTransform), "The density is 1500", "at most 1200")
		wantMessage(t, failure(t, newJob(dense, transform.Output{Format: transform.PNG, Density: times(0.003)}), errors.BadTransform), "The density is 0.9", "at least 1")
	}
	// A PNG counts by the metre, of which 72 an inch are not a whole number.
	metric := result(t, newJob(plain, transform.Output{Format: transform.PNG, Density: transform.Num(72)})).Body
	wantMessage(t, failure(t, newJob(metric, transform.Output{Format: transform.PNG, Density: times(20)}), errors.BadTransform), "is 1440 for")
	if dpi := densityOf(t, result(t, newJob(plain, transform.Output{Format: transform.PNG, Density: times(2)})).Body); dpi != 144 {
		t.Errorf("of none: %d", dpi)
	}
}

// A drawing has as many pixels an inch, and an inch is 96 units of an SVG and 72 points
// of a PDF: twice as many make it twice as large. A size that is asked for counts over
// that.
func TestDensityOfDrawings(t *testing.T) {
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><rect width="10" height="10" fill="#f00"/></svg>`)
	originals := map[string][]byte{"svg": svg}
	if vips.CanLoad(sniff.PDF) {
		originals["pdf"] = pdftest.File([]pdftest.Page{{Box: "0 0 20 10", Content: rectangle(redInk, 0, 0, 10, 10)}})
	}
	own, _ := transform.Expression(transform.Term{Kind: transform.FactTerm, Fact: transform.InitialDensity})
	for name, original := range originals {
		t.Run(name, func(t *testing.T) {
			draws := func(density transform.Number, steps ...transform.Step) *render.Result {
				job := paperJob(original, 1, steps...)
				job.Plan.Output.Density = density
				return result(t, job)
			}
			inch := map[string]float64{"svg": 96, "pdf": 72}[name]
			for times, size := range map[float64]transform.Size{1: {Width: 20, Height: 10}, 2: {Width: 40, Height: 20}, 0.5: {Width: 10, Height: 5}, 12.5: {Width: 250, Height: 125}} {
				dpi := times * inch
				r := draws(transform.Num(dpi))
				if r.Size != size {
					t.Errorf("%v: %v, want %v", dpi, r.Size, size)
				}
				if got := densityOf(t, r.Body); got != int(dpi) {
					t.Errorf("%v: it says %d", dpi, got)
				}
				i := decode(t, r.Body)
				wantColor(t, i, size.Width/2-1, size.Height/2, pdfRed, 0)
				if c := i.NRGBAAt(size.Width/2, size.Height/2); c.R == 255 && c.G == 0 && c.A == 255 {
					t.Errorf("%v: the red is too wide", dpi)
				}
			}
			if r := draws(own); r.Size.Width != 20 {
				t.Errorf("its own: %v", r.Size)
			}
			twice, _ := transform.Expression(transform.Term{Kind: transform.FactTerm, Fact: transform.InitialDensity}, transform.Term{Value: 2}, transform.Term{Kind: transform.OperationTerm, Operation: transform.Multiply})
			if r := draws(twice); r.Size.Width != 40 || densityOf(t, r.Body) != int(2*inch) {
				t.Errorf("twice its own: %v, %d", r.Size, densityOf(t, r.Body))
			}
			if r := draws(transform.Num(300), sized(50, 25, transform.Stretch, 0)); r.Size.Width != 50 || densityOf(t, r.Body) != 300 {
				t.Errorf("with a size: %v, %d", r.Size, densityOf(t, r.Body))
			}
			half := transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.5)}}
			if r := draws(transform.Num(2*inch), half); r.Size != (transform.Size{Width: 20, Height: 10}) {
				t.Errorf("half of it: %v", r.Size)
			}
			job := paperJob(original, 1)
			job.Plan.Output.Density, job.Limits.MaxPixels = transform.Num(1200), 200*100
			wantMessage(t, failure(t, job, errors.Limit), "max_pixels")
		})
	}
}
