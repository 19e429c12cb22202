package admission

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// drawing returns an SVG of 100x100 with something in it.
func drawing(content string) []byte {
	return []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100">` + content + `</svg>`)
}

// hostile is one that comes to too much at any size.
var hostile = drawing(`<text font-size="1e9">A</text>`)

// An SVG is read wherever it is going to be drawn, and refused before a worker is asked.
func TestDrawingsAreChecked(t *testing.T) {
	layer := transform.Layer{Image: origin.Ref{Path: "a.svg"}}
	onto := func(change func(*transform.Plan)) transform.Plan {
		p := transform.Plan{Steps: []transform.Step{{Layers: []transform.Layer{layer}}}}
		if change != nil {
			change(&p)
		}
		return p
	}
	impossible := transform.Step{Trim: transform.Trim{On: true}, Resize: transform.Resize{Width: transform.Px(1e9)}, Layers: []transform.Layer{layer}}
	for name, tt := range map[string]struct {
		plan  transform.Plan
		layer bool
		look  bool
	}{
		"original":            {},
		"original, looked at": {look: true},
		"layer":               {plan: onto(nil), layer: true},
		"layer of a layer": {plan: onto(func(p *transform.Plan) {
			p.Steps[0].Layers[0].Steps = []transform.Step{{Layers: []transform.Layer{layer}}}
			p.Steps[0].Layers[0].Image.Path = "b.png"
		}), layer: true},
		"mask":                     {plan: onto(func(p *transform.Plan) { p.Steps[0].Layers[0].Blend = transform.BlendCutter }), layer: true},
		"layer of a step that may": {plan: transform.Plan{Steps: []transform.Step{impossible}}, layer: true},
	} {
		job := pngJob(t, 10, 10)
		job.Plan, job.Inspect = tt.plan, tt.look
		if tt.layer {
			for _, ref := range job.Plan.Refs() {
				file := hostile
				if ref.Path == "b.png" {
					file = job.Original
				}
				job.Files = append(job.Files, file)
			}
		} else {
			job.Original = hostile
		}
		_, _, err := Estimate(job)
		if err == nil || errors.From(err).Kind != errors.Limit || !strings.Contains(err.Error(), "The SVG has") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What a drawing comes to depends on how large it is drawn.
func TestDrawingsAreCheckedAtTheirSize(t *testing.T) {
	slow := drawing(strings.Repeat(`<rect opacity=".5"/>`, 10_000))
	at := func(width float64) error {
		job := pngJob(t, 10, 10)
		job.Limits.MaxPixels, job.Original = 100_000_000, slow
		job.Plan.Output.Format = transform.PNG
		job.Plan.Steps = []transform.Step{{Resize: transform.Resize{Width: transform.Px(width)}}}
		_, _, err := Estimate(job)
		return err
	}
	if err := at(100); err != nil {
		t.Errorf("small: %v", err)
	}
	if err := at(4000); err == nil || errors.From(err).Kind != errors.Limit || !strings.Contains(err.Error(), "seconds to draw") {
		t.Errorf("large: %v", err)
	}
	job := pngJob(t, 10, 10)
	job.Limits.MaxPixels = 100_000_000
	job.Plan.Output.Format = transform.PNG
	for n := range 12 {
		layer := transform.Layer{Image: origin.Ref{Path: fmt.Sprintf("%d.svg", n)}, Steps: []transform.Step{{Resize: transform.Resize{Width: transform.Px(300)}}}}
		job.Plan.Steps = append(job.Plan.Steps, transform.Step{Layers: []transform.Layer{layer}})
		job.Files = append(job.Files, append([]byte(nil), slow...))
	}
	if _, _, err := Estimate(job); err == nil || !strings.Contains(err.Error(), "together") {
		t.Errorf("twelve layers: %v", err)
	}
}

// Groups that are see-through are drawn on surfaces of their own.
func TestDrawingsSurfacesCount(t *testing.T) {
	peak := func(content string) int64 {
		job := pngJob(t, 10, 10)
		job.Original = drawing(content)
		job.Plan.Output.Format = transform.PNG
		peak, _, err := Estimate(job)
		if err != nil {
			t.Fatal(err)
		}
		return peak - int64(len(job.Original))*88
	}
	if got, want := peak(`<g opacity=".5"><g opacity=".5"/></g>`)-peak(``), int64(2*4*100*100); got != want {
		t.Errorf("two groups: %d bytes, want %d", got, want)
	}
}

// The forms of a PDF are counted before a worker is asked, unless it is too large to be
// opened.
func TestPDFsAreChecked(t *testing.T) {
	var forms []string
	for n := range 30 {
		forms = append(forms, pdftest.Stream(fmt.Sprintf("/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>", 6+n), "/X Do /X Do"))
	}
	job := pngJob(t, 10, 10)
	job.Limits.MaxPDFSize = 1 << 20
	job.Original = pdftest.File([]pdftest.Page{{Box: "0 0 9 9", Content: "/X Do", More: "/Resources<</XObject<</X 5 0 R>>>>"}}, forms...)
	job.Plan.Page = 1
	if _, _, err := Estimate(job); err == nil || errors.From(err).Kind != errors.Limit || !strings.Contains(err.Error(), "forms") {
		t.Error(err)
	}
}

// Reading drawings is bounded as drawing them is; others do not wait for it.
func TestDrawingsAreReadOnlySoManyAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		job := pngJob(t, 10, 10)
		gate := NewGate(1<<40, 2, 5)
		engine := New(engineFunc(func(context.Context, render.Job) (*render.Result, error) { return new(render.Result), nil }), gate)
		gate.reading <- struct{}{}
		gate.reading <- struct{}{}
		began := time.Now()
		if _, err := engine.Render(t.Context(), job); err != nil || time.Since(began) != 0 {
			t.Errorf("a PNG waited for %s: %v", time.Since(began), err)
		}
		job.Original = drawing("")
		if _, err := engine.Render(t.Context(), job); !errors.Is(err, errors.Overloaded) || time.Since(began) != job.QueueTimeout {
			t.Errorf("a drawing waited for %s: %v", time.Since(began), err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := engine.Render(ctx, job); !errors.Is(err, errors.ClientClosed) {
			t.Errorf("a client that left: %v", err)
		}
		<-gate.reading
		if _, err := engine.Render(t.Context(), job); err != nil {
			t.Errorf("a drawing that may be read: %v", err)
		}
		if len(gate.reading) != 1 {
			t.Errorf("%d are being read", len(gate.reading))
		}
	})
}
