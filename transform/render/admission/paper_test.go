package admission

import (
	"fmt"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// paperJob asks for the first page of a PDF of a page of w by h points.
func paperJob(t *testing.T, w, h int, objects ...string) render.Job {
	job := pngJob(t, 1, 1)
	job.Original = pdftest.File([]pdftest.Page{{Box: fmt.Sprintf("0 0 %d %d", w, h)}}, objects...)
	job.Plan, job.Limits.MaxPDFSize = transform.Plan{Page: 1, Output: transform.Output{Format: transform.JPEG}}, 1<<20
	return job
}

func TestPDFsThatAreRefused(t *testing.T) {
	picture := func(w, h int) string { return pdftest.Stream(fmt.Sprintf("/Width %d/Height %d", w, h), "") }
	for name, tt := range map[string]struct {
		job  render.Job
		says string
	}{
		"an image": {paperJob(t, 10, 10, picture(1000, 1000), picture(1000, 1001)), "An image in the PDF has 1001000 pixels, more than max_pixels, 1000000"},
		"the file": {paperJob(t, 10, 10, strings.Repeat(" ", 1<<20)), "more than max_pdf_size, 1048576"},
	} {
		if _, _, err := Estimate(tt.job); errors.From(err).Kind != errors.Limit || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %s", name, err, tt.says)
		}
	}
	if _, readable, err := Estimate(paperJob(t, 10, 10, picture(1000, 1000))); err != nil || !readable {
		t.Error(readable, err)
	}
}

// The page that is asked for may be any of them.
func TestEstimateOfPages(t *testing.T) {
	estimate := func(job render.Job, steps ...transform.Step) (int64, bool) {
		t.Helper()
		job.Plan.Steps = steps
		peak, readable, err := Estimate(job)
		if err != nil {
			t.Fatal(err)
		}
		return peak, readable
	}
	wide := func(w transform.Number) transform.Step {
		return transform.Step{Resize: transform.Resize{Width: transform.Pixels(w)}}
	}
	small, _ := estimate(paperJob(t, 500, 500), wide(transform.Num(100)))
	large, _ := estimate(paperJob(t, 500, 500), wide(transform.Num(900)))
	// The page, the coefficients of the JPEG, and the rows that scaling holds.
	if want := int64((paperPixel+7)*(900*900-100*100) + 3*(900*550-100*100)); large-small != want {
		t.Errorf("900 pixels wide takes %d more than 100, want %d", large-small, want)
	}
	// What a density enlarges counts as if the page were as large.
	dense := paperJob(t, 250, 250)
	dense.Plan.Output.Density = transform.Num(144)
	plain, _ := estimate(paperJob(t, 500, 500))
	if got, _ := estimate(dense); got != plain {
		t.Errorf("at twice the density %d, want %d", got, plain)
	}
	// Which branch happens is not known before the page is: the dearer one counts.
	wider := transform.Choice{
		When: transform.Condition{{{Fact: transform.Width, Is: transform.Less, Value: transform.Num(400)}}},
		Then: transform.Branch{Steps: []transform.Step{wide(transform.Num(900))}},
		Else: transform.Branch{Steps: []transform.Step{wide(transform.Num(100))}},
	}
	if got, _ := estimate(paperJob(t, 500, 500), transform.Step{Choice: &wider}); got <= small {
		t.Errorf("of two branches %d, want more than that of the smaller, %d", got, small)
	}
	// Too large a page: there may be a smaller one.
	all, _ := estimate(paperJob(t, 2000, 2000))
	if _, readable := estimate(paperJob(t, 2000, 2000)); readable || all != base+unreadPixel*1_000_000 {
		t.Errorf("a page beyond the limits: %d, %t", all, readable)
	}
	// None that can be found.
	hidden := paperJob(t, 1, 1)
	hidden.Original = pdftest.File(nil)
	if peak, readable := estimate(hidden); readable || peak != base+unreadPixel*1_000_000 {
		t.Errorf("no page: %d, %t", peak, readable)
	}
	// Without a page a PDF is refused when it is opened.
	none := paperJob(t, 500, 500)
	none.Plan.Page = 0
	if peak, readable := estimate(none, wide(transform.Num(900))); peak != base || !readable {
		t.Errorf("no page asked for: %d, %t", peak, readable)
	}
}
