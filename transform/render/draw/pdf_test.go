//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// paperJob asks for a page of a PDF as PNG.
func paperJob(file []byte, page int, steps ...transform.Step) render.Job {
	job := pageJob(file, page, steps...)
	job.Isolated = true
	job.Limits.MaxPDFSize = transform.DefaultMaxPDFSize
	return job
}

func paper(t *testing.T, file []byte, page int, steps ...transform.Step) *image.NRGBA {
	t.Helper()
	r := result(t, paperJob(file, page, steps...))
	i := decode(t, r.Body)
	wantSize(t, i, r.Size.Width, r.Size.Height)
	return i
}

// needPDF skips where libvips has no loader. The tests' machine has one, see
// scripts/setup.sh.
func needPDF(t *testing.T) {
	t.Helper()
	if !vips.CanLoad(sniff.PDF) {
		t.Skip("this libvips reads no PDF")
	}
}

// rectangle is content that fills a rectangle with a colour; a PDF counts from the
// bottom.
func rectangle(colour string, x, y, w, h int) string {
	return fmt.Sprintf("%s rg %d %d %d %d re f\n", colour, x, y, w, h)
}

const redInk, blueInk = "1 0 0", "0 0 1"

// two returns a page of 200x100 points with a red rectangle 20 from the left
// and 60 from the top, 50 wide and 30 high, and a blue one of 60x80.
func two() []pdftest.Page {
	return []pdftest.Page{
		{Box: "0 0 200 100", Content: rectangle(redInk, 20, 10, 50, 30)},
		{Box: "0 0 60 80", Content: rectangle(blueInk, 0, 0, 60, 80)},
	}
}

// onPaper is white with a rectangle of a colour.
func onPaper(w, h int, c color.NRGBA, x, y, right, bottom int) *image.NRGBA {
	i := solid(w, h, white)
	for yy := y; yy < bottom; yy++ {
		for xx := x; xx < right; xx++ {
			i.SetNRGBA(xx, yy, c)
		}
	}
	return i
}

var (
	pdfRed  = color.NRGBA{255, 0, 0, 255}
	pdfBlue = color.NRGBA{0, 0, 255, 255}
)

func TestPagesOfPDF(t *testing.T) {
	needPDF(t)
	for name, file := range map[string][]byte{"plain": pdftest.File(two()), "packed": pdftest.Packed(two())} {
		t.Run(name, func(t *testing.T) {
			wantLike(t, paper(t, file, 1), onPaper(200, 100, pdfRed, 20, 60, 70, 90), 0)
			wantLike(t, paper(t, file, 2), solid(60, 80, pdfBlue), 0)
			wantMessage(t, failure(t, paperJob(file, 3), errors.BadTransform), "Page 3", "2 pages")
			one := pdftest.File(two()[:1])
			wantMessage(t, failure(t, paperJob(one, 2), errors.BadTransform), "Page 2", "1 page")
		})
	}
}

// A page is drawn as large as it will be, not drawn and then enlarged: its edges
// stay as they are.
func TestPagesAreDrawnAsLargeAsTheyWillBe(t *testing.T) {
	needPDF(t)
	file := pdftest.File(two())
	wantLike(t, paper(t, file, 1, sized(800, 400, transform.Stretch, 0)), onPaper(800, 400, pdfRed, 80, 240, 280, 360), 0)
	wantLike(t, paper(t, file, 1, sized(100, 50, transform.Stretch, 0)), onPaper(100, 50, pdfRed, 10, 30, 35, 45), 0)
	// By the height alone, and half of the width.
	height := transform.Step{Resize: transform.Resize{Height: transform.Px(300)}}
	wantLike(t, paper(t, file, 1, height), onPaper(600, 300, pdfRed, 60, 180, 210, 270), 0)
	half := transform.Step{Resize: transform.Resize{Width: transform.Fraction(0.5)}}
	wantLike(t, paper(t, file, 1, half), onPaper(100, 50, pdfRed, 10, 30, 35, 45), 0)
	// Covering 100x100: 200x100, of which the middle is kept.
	wantLike(t, paper(t, file, 1, sized(100, 100, transform.Cover, 0)), onPaper(100, 100, pdfRed, 0, 60, 20, 90), 0)
	// A shape of its own is stretched: the red is 400 to 1400 of 4000 across.
	wide := paper(t, file, 1, sized(4000, 100, transform.Stretch, 0))
	wantSize(t, wide, 4000, 100)
	wantColor(t, wide, 900, 75, pdfRed, 2)
	wantColor(t, wide, 300, 75, white, 2)
	wantColor(t, wide, 900, 40, white, 2)
}

// A4 is not a whole number of points, and 300 pixels wide it is 595x842 made
// 425 high. At 841.89 / 425 points a pixel it is 300.5 wide, of which half a
// pixel is cut off. So black and white stay black and white: nothing is
// squeezed by a pixel.
func TestPagesOfNoWholeSize(t *testing.T) {
	needPDF(t)
	stripes, pixel := "0 g\n", 841.89/425
	for x := 0.0; x < 300; x += 2 {
		stripes += fmt.Sprintf("%f 0 %f 1000 re f\n", x*pixel, pixel)
	}
	file := pdftest.File([]pdftest.Page{{Box: "0 0 595.276 841.89", Content: stripes}})
	wantSize(t, paper(t, file, 1), 595, 842)
	i := paper(t, file, 1, transform.Step{Resize: transform.Resize{Width: transform.Px(300)}})
	wantSize(t, i, 300, 425)
	for x := range 300 {
		want := uint8(0)
		if x%2 == 1 {
			want = 255
		}
		if got := i.NRGBAAt(x, 200).R; max(got, want)-min(got, want) > 2 {
			t.Fatalf("column %d is %d, want %d", x, got, want)
		}
	}
}

func TestPagesOfPDFAsTheyAreSeen(t *testing.T) {
	needPDF(t)
	content := rectangle(redInk, 20, 10, 50, 30)
	for name, tt := range map[string]struct {
		page pdftest.Page
		want *image.NRGBA
	}{
		// Clockwise: the rectangle, 10 above the lower edge, is then 10 from the left.
		"turned":         {pdftest.Page{Box: "0 0 200 100", Content: content, More: "/Rotate 90"}, onPaper(100, 200, pdfRed, 10, 20, 40, 70)},
		"turned twice":   {pdftest.Page{Box: "0 0 200 100", Content: content, More: "/Rotate 180"}, onPaper(200, 100, pdfRed, 130, 10, 180, 40)},
		"turned back":    {pdftest.Page{Box: "0 0 200 100", Content: content, More: "/Rotate -90"}, onPaper(100, 200, pdfRed, 60, 130, 90, 180)},
		"cut":            {pdftest.Page{Box: "0 0 200 100", Content: content, More: "/CropBox[10 10 70 50]"}, onPaper(60, 40, pdfRed, 10, 10, 60, 40)},
		"from elsewhere": {pdftest.Page{Box: "-10 -10 190 90", Content: content}, onPaper(200, 100, pdfRed, 30, 50, 80, 80)},
		"upside down":    {pdftest.Page{Box: "200 100 0 0", Content: content}, onPaper(200, 100, pdfRed, 20, 60, 70, 90)},
		"letter if none": {pdftest.Page{Box: "0 0 0 0", Content: content}, onPaper(612, 792, pdfRed, 20, 752, 70, 782)},
	} {
		t.Run(name, func(t *testing.T) { wantLike(t, paper(t, pdftest.File([]pdftest.Page{tt.page}), 1), tt.want, 0) })
	}
}

// What is stuck to a page is part of it, if it says how it looks.
func TestPagesHaveAnnotations(t *testing.T) {
	needPDF(t)
	more := "/Annots[<</Type/Annot/Subtype/Stamp/F 4/Rect[20 10 70 40]/AP<</N 5 0 R>>>>]"
	file := pdftest.File([]pdftest.Page{{Box: "0 0 200 100", More: more}}, pdftest.Stream("/Type/XObject/Subtype/Form/BBox[0 0 50 30]", rectangle(redInk, 0, 0, 50, 30)))
	wantLike(t, paper(t, file, 1), onPaper(200, 100, pdfRed, 20, 60, 70, 90), 0)
}

// Letters without a font of their own are drawn with one of the server's.
func TestPagesHaveLetters(t *testing.T) {
	needPDF(t)
	font := "/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
	i := paper(t, pdftest.File([]pdftest.Page{{Box: "0 0 200 100", Content: "BT /F1 60 Tf 20 30 Td (HHH) Tj ET", More: font}}), 1)
	if dark := darkPixels(i, image.Rect(20, 20, 160, 75)); dark < 1000 {
		t.Errorf("%d dark pixels", dark)
	}
	wantColor(t, i, 5, 5, white, 0)
}

func darkPixels(i *image.NRGBA, r image.Rectangle) (n int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if i.NRGBAAt(x, y).R < 100 {
				n++
			}
		}
	}
	return n
}

// Everything else happens to a page as to an image, and paper has no holes.
func TestPagesOfPDFInChains(t *testing.T) {
	needPDF(t)
	file := pdftest.File(two())
	turned := paper(t, file, 1, transform.Step{Rotate: transform.Num(90)}, sized(50, 100, transform.Stretch, 0))
	wantColor(t, turned, 12, 22, pdfRed, 3)
	trimmed := paper(t, file, 1, transform.Step{Trim: transform.Trim{On: true}})
	wantLike(t, trimmed, solid(50, 30, pdfRed), 0)
	job := paperJob(file, 1)
	job.Plan.Output = transform.Output{}
	if r := result(t, job); r.Format != transform.JPEG {
		t.Errorf("written as %s", r.Format)
	}
	job.Plan.Output.Format = transform.FormatOriginal
	if r := result(t, job); r.Format != transform.JPEG {
		t.Errorf("as the original is: %s", r.Format)
	}
	metadata := paperJob(file, 1)
	metadata.Plan.Output.Metadata = true
	wantLike(t, decode(t, result(t, metadata).Body), onPaper(200, 100, pdfRed, 20, 60, 70, 90), 0)
}

func TestPagesOfPDFAsLayers(t *testing.T) {
	needPDF(t)
	ref := origin.Ref{Path: "a.pdf"}
	for page, want := range map[int]*image.NRGBA{1: onPaper(100, 50, pdfRed, 10, 30, 35, 45), 2: solid(100, 50, pdfBlue)} {
		job := newJob(asPNG(t, solid(100, 50, white)), transform.Output{Format: transform.PNG},
			transform.Step{Layers: []transform.Layer{{Image: ref, Page: page, Steps: []transform.Step{sized(100, 50, transform.Stretch, 0)}}}})
		job.Isolated, job.Limits.MaxPDFSize = true, 1<<20
		job.Files = [][]byte{pdftest.File(two())}
		wantLike(t, decode(t, result(t, job).Body), want, 1)
		job.Plan.Steps[0].Layers[0].Page = 0
		wantMessage(t, failure(t, job, errors.BadImage), "a.pdf", "is a PDF")
		job.Plan.Steps[0].Layers[0].Page, job.Isolated = page, false
		wantMessage(t, failure(t, job, errors.BadTransform), "a.pdf", "isolation off")
	}
}

// A PDF is opened only where a page is asked for, in a process of its own, and no
// larger than allowed.
func TestPDFsThatAreRefused(t *testing.T) {
	needPDF(t)
	file := pdftest.File(two())
	for name, tt := range map[string]struct {
		change func(*render.Job)
		kind   errors.Kind
		says   string
	}{
		"no page":     {func(j *render.Job) { j.Plan.Page = 0 }, errors.BadImage, "is a PDF"},
		"in process":  {func(j *render.Job) { j.Isolated = false }, errors.BadTransform, "isolation off"},
		"too large":   {func(j *render.Job) { j.Limits.MaxPDFSize = int64(len(file)) - 1 }, errors.Limit, fmt.Sprintf("%d bytes, more than max_pdf_size, %d", len(file), len(file)-1)},
		"no limit":    {func(j *render.Job) { j.Limits.MaxPDFSize = 0 }, errors.Limit, "max_pdf_size, 0"},
		"many pixels": {func(j *render.Job) { j.Limits.MaxPixels = 19_999 }, errors.Limit, "20000 pixels"},
		"large result": {func(j *render.Job) {
			j.Plan.Steps = []transform.Step{sized(20000, 10, transform.Stretch, 0)}
		}, errors.Limit, "20000x10"},
	} {
		t.Run(name, func(t *testing.T) {
			job := paperJob(file, 1)
			tt.change(&job)
			before, peak := vips.Tracked().Mem, peakOf(func() { wantMessage(t, failure(t, job, tt.kind), tt.says) })
			if peak-before > 1<<20 {
				t.Errorf("%d bytes taken", peak-before)
			}
		})
	}
	exact := paperJob(file, 1)
	exact.Limits.MaxPDFSize = int64(len(file))
	result(t, exact)
}

// The size of a page is in the file: it is known before any pixel is.
func TestEnormousPages(t *testing.T) {
	needPDF(t)
	for _, box := range []string{"0 0 2 100000", "0 0 100000 2", "0 0 99999999999 100", "0 0 1036800 1036800", "0 0 10000000 11", "0 0 11 10000000", "0 0 14400 14400", "0 0 99999999999 99999999999", "0 0 1e30 1e30"} {
		file := pdftest.File([]pdftest.Page{{Box: box, Content: rectangle(redInk, 0, 0, 1000000, 1000000)}})
		job := paperJob(file, 1, sized(100, 100, transform.Stretch, 0))
		before, peak := vips.Tracked().Mem, peakOf(func() {
			if r, err := draw.Draw(context.Background(), job); err == nil {
				t.Logf("%s: %v", box, r.Size)
			} else if e := errors.From(err); e.Kind != errors.Limit && e.Kind != errors.BadImage {
				t.Errorf("%s: %v", box, err)
			} else {
				t.Logf("%s: %v", box, err)
			}
		})
		if peak-before > 8<<20 {
			t.Errorf("%s: %d bytes taken", box, peak-before)
		}
	}
	// A unit of the page's own changes nothing: it is not how large it is drawn.
	i := paper(t, pdftest.File([]pdftest.Page{{Box: "0 0 20 10", More: "/UserUnit 100000"}}), 1)
	wantSize(t, i, 20, 10)
}

func TestDamagedPDFs(t *testing.T) {
	needPDF(t)
	whole := pdftest.File(two())
	encrypted := pdftest.Of("/Encrypt 4 0 R/ID[<00><00>]", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>",
		"<</Filter/Standard/V 2/R 3/Length 128/P -4/O<"+strings.Repeat("00", 32)+">/U<"+strings.Repeat("11", 32)+">>>")
	for name, file := range map[string][]byte{
		"only a header":   whole[:12],
		"cut off":         whole[:len(whole)/2],
		"garbage":         []byte("%PDF-1.7\n" + strings.Repeat("garbage ", 100)),
		"encrypted":       encrypted,
		"no pages":        pdftest.File(nil),
		"pages in a loop": pdftest.Of("", "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[2 0 R]/Count 1>>"),
		"no catalog":      pdftest.Of("", "<</Type/Page>>"),
		"a page of 5x0.1": pdftest.File([]pdftest.Page{{Box: "0 0 5 0.1"}}),
		"a page of 0.1":   pdftest.File([]pdftest.Page{{Box: "0 0 0.1 0.1"}}),
	} {
		t.Run(name, func(t *testing.T) {
			err := failure(t, paperJob(file, 1), errors.BadImage)
			if strings.Contains(name, "0.1") {
				wantMessage(t, err, "no valid size") // libvips would look behind its list of pages
			}
		})
	}
	// What any viewer mends is mended.
	moved := bytes.Replace(whole, []byte("startxref\n"), []byte("startxref\n9"), 1)
	wantLike(t, paper(t, moved, 1), onPaper(200, 100, pdfRed, 20, 60, 70, 90), 0)
	late := append([]byte("\n\n"), whole...)
	wantLike(t, paper(t, late, 1), onPaper(200, 100, pdfRed, 20, 60, 70, 90), 0)
}
