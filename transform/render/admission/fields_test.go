package admission

import (
	"reflect"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// costs are a plan for each field of a plan whose drawing costs something. A
// field of Plan, Step or Effects that is missing here and in free fails
// TestEveryFieldHasACost.
var costs = map[string]transform.Plan{
	"Output":               {Output: transform.Output{Format: transform.WebP, Lossless: true}},
	"Trim":                 chain(transform.Step{Trim: transform.Trim{On: true}}),
	"Resize":               chain(transform.Step{Resize: transform.Resize{Width: transform.Px(900)}}),
	"Effects.WhiteBalance": chain(transform.Step{Effects: transform.Effects{WhiteBalance: true}}),
	"Effects.Tone":         chain(transform.Step{Effects: transform.Effects{Tone: true}}),
	"Effects.Adjust":       chain(transform.Step{Effects: transform.Effects{Adjust: transform.Adjust{Hue: 30}}}),
	"Effects.Grayscale":    chain(transform.Step{Effects: transform.Effects{Grayscale: true}}),
	"Effects.Contrast":     chain(transform.Step{Effects: transform.Effects{Contrast: true}}),
	"Effects.Blur":         chain(wideBlur),
	"Effects.Sharpen":      chain(transform.Step{Effects: transform.Effects{Sharpen: transform.Sharpen{On: true}}}),
	"Effects.Unsharp":      chain(transform.Step{Effects: transform.Effects{Unsharp: transform.Unsharp{Sigma: 1, Amount: 1}}}),
	"Effects.Look":         chain(transform.Step{Effects: transform.Effects{Look: transform.Sepia}}),
	"Effects.Replace":      chain(transform.Step{Effects: transform.Effects{Replace: transform.Replace{On: true}}}),
	"Effects.Colorize":     chain(transform.Step{Effects: transform.Effects{Colorize: transform.Colorize{Color: transform.Black, Intensity: 50}}}),
	"Effects.Gradient":     chain(transform.Step{Effects: transform.Effects{Gradient: transform.Gradient{On: true, From: transform.White}}}),
	"Distort":              chain(transform.Step{Distort: transform.Distort{Kind: transform.Arc, Arc: 90}}),
	"Rotate":               chain(transform.Step{Rotate: transform.Num(90)}),
	"Flip":                 chain(transform.Step{Flip: transform.Flip{Vertical: true}}),
	"Border":               chain(transform.Step{Border: transform.Border{Width: transform.Num(9)}}),
	"Corners":              chain(transform.Step{Corners: transform.Corners{TopLeft: transform.Radius{Max: true}}}),
	"Shadow":               chain(transform.Step{Shadow: transform.Shadow{On: true, Blur: 9, Strength: 50}}),
	"Opacity":              chain(transform.Step{Opacity: transform.Num(50)}),
	"Background":           chain(transform.Step{Background: transform.Background{On: true}}),
	"Layers":               chain(transform.Step{Layers: []transform.Layer{{Image: origin.Ref{Path: "self"}}}}),
	"Choice":               chain(transform.Step{Choice: &transform.Choice{Then: transform.Branch{Steps: []transform.Step{wideBlur}}, Else: transform.Branch{Steps: []transform.Step{wideBlur}}}}),
}

// free are the fields that cost nothing of their own, with the reason.
var free = map[string]string{
	"Page":     "one page is drawn of any file",
	"Still":    "less is drawn",
	"AsStored": "less is drawn",
	"NoLarger": "draws nothing",
	"Default":  "another original, of which the same is drawn",
}

func chain(steps ...transform.Step) transform.Plan {
	return transform.Plan{Steps: steps, Output: transform.Output{Format: transform.JPEG}}
}

// What a URL can ask for costs something, or says why not.
func TestEveryFieldHasACost(t *testing.T) {
	cost := func(p transform.Plan) Cost {
		t.Helper()
		job := pngJob(t, 600, 500)
		job.Plan, job.Files = p, [][]byte{job.Original}
		c, err := CostOf(job)
		if err != nil || !c.Readable {
			t.Fatal(c.Readable, err)
		}
		return c
	}
	plain := cost(chain(transform.Step{}))
	seen := map[string]bool{}
	walk := func(prefix string, of func(transform.Plan) any, inside ...string) {
		for field := range reflect.TypeOf(of(chain(transform.Step{}))).Fields() {
			name := prefix + field.Name
			if slices.Contains(inside, name) {
				continue
			}
			seen[name] = true
			p, costly := costs[name]
			if (free[name] != "") == costly {
				t.Errorf("%s must be in one of costs and free", name)
			}
			if !costly {
				continue
			}
			if reflect.ValueOf(of(p)).FieldByIndex(field.Index).IsZero() {
				t.Errorf("the plan for %s does not set it", name)
			}
			if c := cost(p); c.Time <= plain.Time && c.Memory <= plain.Memory {
				t.Errorf("%s costs nothing", name)
			}
		}
	}
	walk("", func(p transform.Plan) any { return p }, "Steps")
	walk("", func(p transform.Plan) any { return p.Steps[0] }, "Effects")
	walk("Effects.", func(p transform.Plan) any { return p.Steps[0].Effects })
	for name := range costs {
		if !seen[name] {
			t.Errorf("%s is no field", name)
		}
	}
}
