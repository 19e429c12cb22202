//go:build cgo

package draw_test

import (
	"image"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// either chooses a branch by whether a fact is more than v.
func either(fact transform.Fact, v float64, then, otherwise transform.Branch) transform.Step {
	return transform.Step{Choice: &transform.Choice{
		When: transform.Condition{{{Fact: fact, Is: transform.Greater, Value: transform.Num(v)}}},
		Then: then, Else: otherwise,
	}}
}

func does(steps ...transform.Step) transform.Branch { return transform.Branch{Steps: steps} }

func TestChoices(t *testing.T) {
	wide := func(w int) transform.Step { return sized(w, 0, transform.Cover, 0) }
	quarter := transform.Step{Rotate: transform.Num(90)}
	nothing := does()
	tests := []struct {
		name          string
		steps         []transform.Step // of an image of 60x30
		width, height int
	}{
		{"then", []transform.Step{either(transform.Width, 59, does(wide(20)), does(wide(10)))}, 20, 10},
		{"else", []transform.Step{either(transform.Width, 60, does(wide(20)), does(wide(10)))}, 10, 5},
		{"neither", []transform.Step{either(transform.Width, 60, does(wide(20)), nothing)}, 60, 30},
		{"a chain in a branch", []transform.Step{either(transform.Height, 29, does(wide(20), quarter), nothing)}, 10, 20},
		{"then more", []transform.Step{either(transform.Height, 29, does(wide(20)), nothing), quarter}, 10, 20},
		{"after a step", []transform.Step{wide(90), either(transform.Width, 89, does(wide(20)), nothing)}, 20, 10},
		{"of the original", []transform.Step{wide(90), either(transform.InitialWidth, 60, does(wide(20)), does(wide(10)))}, 10, 5},
		{"of the shape", []transform.Step{quarter, either(transform.Aspect, 0.5, nothing, does(wide(10)))}, 10, 20},
		{"after trimming", []transform.Step{{Trim: transform.Trim{On: true}}, either(transform.Width, 59, nothing, does(wide(10)))}, 10, 5},
		{"nested", []transform.Step{either(transform.Width, 59, does(wide(40), either(transform.Width, 40, nothing, does(quarter))), nothing)}, 20, 40},
		{"one after the other", []transform.Step{
			either(transform.Width, 59, does(wide(20)), nothing),
			either(transform.Width, 59, does(wide(10)), does(quarter)),
		}, 10, 20},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			original := solid(60, 30, red)
			if tt.name == "after trimming" {
				original = box(60, 30, white, red, image.Rect(20, 10, 40, 20))
			}
			wantSize(t, drawn(t, asPNG(t, original), tt.steps...), tt.width, tt.height)
		})
	}
}

// What the chosen branch says of the output holds, and nothing of the other's.
func TestOutputOfBranches(t *testing.T) {
	to := func(f transform.Format) transform.Branch {
		return transform.Branch{Output: transform.Output{Format: f}, Says: transform.WishFormat}
	}
	unsharp := transform.Step{Effects: transform.Effects{Unsharp: transform.Unsharp{Sigma: 1, Amount: 1}}}
	png := transform.Output{Format: transform.PNG}
	tests := []struct {
		name   string
		output transform.Output
		steps  []transform.Step
		want   transform.Format
	}{
		{"then", png, []transform.Step{either(transform.Width, 59, to(transform.WebP), to(transform.JPEG))}, transform.WebP},
		{"else", png, []transform.Step{either(transform.Width, 60, to(transform.WebP), to(transform.JPEG))}, transform.JPEG},
		{"unsaid", png, []transform.Step{either(transform.Width, 60, to(transform.WebP), does())}, transform.PNG},
		{"the last one counts", png, []transform.Step{
			either(transform.Width, 59, to(transform.WebP), does()), either(transform.Width, 59, to(transform.GIF), does()),
		}, transform.GIF},
		{"automatic", png, []transform.Step{either(transform.Width, 59, to(transform.FormatAuto), does())}, transform.AVIF},
		{"an effect that rules out AVIF", transform.Output{}, []transform.Step{either(transform.Width, 59, does(unsharp), does())}, transform.WebP},
		{"an effect that did not happen", transform.Output{}, []transform.Step{either(transform.Width, 60, does(unsharp), does())}, transform.AVIF},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			job := newJob(asPNG(t, solid(60, 30, red)), tt.output, tt.steps...)
			job.Accepts = []transform.Format{transform.AVIF, transform.WebP}
			if got := result(t, job).Format; got != tt.want {
				t.Errorf("%s, want %s", got, tt.want)
			}
		})
	}
	rough := either(transform.Width, 59, transform.Branch{Output: transform.Output{Quality: 1}, Says: transform.WishQuality}, does())
	original := asJPEG(t, quadrants(160, 80))
	fine := result(t, newJob(original, transform.Output{Format: transform.JPEG, Quality: 95}))
	if got := result(t, newJob(original, transform.Output{Format: transform.JPEG, Quality: 95}, rough)); len(got.Body) >= len(fine.Body) {
		t.Errorf("quality 1 takes %d bytes, 95 takes %d", len(got.Body), len(fine.Body))
	}
}

func TestAnimationsHaveNoChoices(t *testing.T) {
	original := asGIF(t, solids(20, 10)...)
	choice := either(transform.Width, 5, does(sized(10, 0, transform.Cover, 0)), does())
	err := failure(t, newJob(original, transform.Output{}, choice), errors.BadTransform)
	wantMessage(t, err, "animation", "conditions")
	wantSize(t, drawn(t, original, choice), 10, 5) // PNG has one frame
}

// A branch that was not chosen costs nothing, whatever it asks for.
func TestUnchosenBranch(t *testing.T) {
	enormous := does(sized(1_000_000, 1_000_000, transform.Stretch, 0))
	wantSize(t, drawn(t, asPNG(t, solid(60, 30, red)), either(transform.Width, 60, enormous, does())), 60, 30)
	failure(t, newJob(asPNG(t, solid(60, 30, red)), transform.Output{}, either(transform.Width, 59, enormous, does())), errors.Limit)
}
