package admission

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"math"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

var wideBlur = transform.Step{Effects: transform.Effects{Blur: transform.Num(90)}}

// gifJob is of an animation.
func gifJob(t *testing.T, w, h, frames int) render.Job {
	t.Helper()
	var g gif.GIF
	for range frames {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.Black, color.White}))
		g.Delay = append(g.Delay, 10)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	job := pngJob(t, 1, 1)
	job.Original, job.Plan.Output.Format = b.Bytes(), transform.WebP
	return job
}

func seconds(t *testing.T, job render.Job) float64 {
	t.Helper()
	cost, err := CostOf(job)
	if err != nil || !cost.Readable {
		t.Fatal(cost.Readable, err)
	}
	return cost.Time.Seconds()
}

// What takes long is counted wherever it is: in each link, layer and frame, and in the
// branch of a choice that takes longer.
func TestTimeFollowsThePlan(t *testing.T) {
	base := pngJob(t, 500, 400) // 200,000 pixels
	base.Files = [][]byte{base.Original}
	job := func(steps ...transform.Step) render.Job {
		j := base
		j.Plan.Steps = steps
		return j
	}
	const blur = (0.015 + 17*0.0006) * 0.2
	plain := seconds(t, job(transform.Step{}))
	near := func(name string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-6 {
			t.Errorf("%s takes %.6f s, want %.6f", name, got, want)
		}
	}
	near("a link", seconds(t, job(wideBlur))-plain, blur)
	near("a chain", seconds(t, job(slices.Repeat([]transform.Step{wideBlur}, 20)...))-plain, 20*blur)

	layer := transform.Layer{Image: origin.Ref{Path: "self"}, Steps: []transform.Step{wideBlur}}
	// Each is decoded and drawn as the original, but not written, and laid on all of it.
	own := (decodePNG/3+0.015)*0.2 + blur
	near("32 layers", seconds(t, job(transform.Step{Layers: slices.Repeat([]transform.Layer{layer}, 32)}))-plain, 32*(own+0.1*0.2))
	small := layer
	small.Steps = []transform.Step{{Resize: transform.Resize{Width: transform.Px(50), Height: transform.Px(40)}}}
	if got := seconds(t, job(transform.Step{Layers: []transform.Layer{small}})) - plain; got >= own {
		t.Errorf("a small layer takes %.6f s, more than one as large as the image, %.6f", got, own)
	}

	choice := transform.Step{Choice: &transform.Choice{
		When: transform.Condition{{{Fact: transform.Width, Is: transform.Greater, Value: transform.Num(1)}}},
		Then: transform.Branch{Steps: []transform.Step{{}}}, Else: transform.Branch{Steps: []transform.Step{wideBlur, wideBlur}},
	}}
	near("a choice", seconds(t, job(transform.Step{}, choice))-plain, 0)
	trim := transform.Step{Trim: transform.Trim{On: true}}
	near("a choice that trimming decides", seconds(t, job(trim, choice))-seconds(t, job(trim)), 2*blur)

	still, animated := gifJob(t, 100, 100, 1), gifJob(t, 100, 100, 9)
	a, b := seconds(t, still)-leastTime, seconds(t, animated)-leastTime
	near("9 frames", b, 9*a)
	still.Plan.Steps, animated.Plan.Steps = []transform.Step{wideBlur}, []transform.Step{wideBlur}
	near("9 blurred frames", seconds(t, animated)-leastTime, 9*(seconds(t, still)-leastTime))
}

// The encoding of AVIF has a limit of its own.
func TestTimeLeavesAVIFOut(t *testing.T) {
	job := pngJob(t, 1000, 1000)
	avif := seconds(t, job)
	if job.Plan.Output.Format = transform.JPEG; seconds(t, job) <= avif {
		t.Errorf("JPEG takes %.3f s, AVIF %.3f", seconds(t, job), avif)
	}
}

// The limit of a server that sets none refuses nothing that somebody may want
// of an image of 12 megapixels.
func TestTimeOfLargePictures(t *testing.T) {
	const usual = 20.0 // seconds
	base := pngJob(t, 4000, 3000)
	base.Limits = transform.Limits{MaxPixels: transform.DefaultMaxPixels, MaxFrames: 1, MaxDimension: transform.DefaultMaxDimension}
	effects := map[string]transform.Step{
		"nothing":  {},
		"blur":     wideBlur,
		"unsharp":  {Effects: transform.Effects{Unsharp: transform.Unsharp{Sigma: 100, Amount: 1}}},
		"sharpen":  {Effects: transform.Effects{Sharpen: transform.Sharpen{On: true, Amount: 100}}},
		"contrast": {Effects: transform.Effects{Contrast: true}},
		"replace":  {Effects: transform.Effects{Replace: transform.Replace{On: true}}},
		"trim":     {Trim: transform.Trim{On: true}},
		"ring":     {Distort: transform.Distort{Kind: transform.Arc, Arc: 360}},
		"tilt":     {Rotate: transform.Num(45)},
		"corners":  {Corners: transform.Corners{TopLeft: transform.Radius{Max: true}}},
		"veil": {
			Resize:     transform.Resize{Width: transform.Px(4000), Height: transform.Px(4000), Fit: transform.Pad},
			Background: transform.Background{On: true, Kind: transform.BlurredBackground, Blurred: transform.Blurred{Auto: true}},
		},
	}
	for look := range transform.Sketch + 1 {
		effects[look.String()] = transform.Step{Effects: transform.Effects{Look: look}}
	}
	for name, step := range effects {
		for _, format := range []transform.Format{transform.JPEG, transform.WebP, transform.AVIF} {
			job := base
			job.Plan.Steps, job.Plan.Output.Format = []transform.Step{step}, format
			if s := seconds(t, job); s > usual {
				t.Errorf("%s as %s: %.1f s", name, format, s)
			}
		}
	}
	for _, output := range []transform.Output{{Format: transform.PNG}, {Format: transform.GIF}, {Format: transform.WebP, Lossless: true}} {
		job := base
		job.Plan.Output = output
		if s := seconds(t, job); s > usual {
			t.Errorf("as %v: %.1f s", output, s)
		}
	}
	// A chain of the longest blurs and masks is too much.
	job := base
	job.Plan.Steps = slices.Repeat([]transform.Step{effects["unsharp"]}, 32)
	if s := seconds(t, job); s <= usual {
		t.Errorf("32 wide unsharp masks take %.1f s", s)
	}
}

// An infinite or negative time would pass every limit.
func TestTimeIsFinite(t *testing.T) {
	for name, e := range map[string]transform.Effects{
		"blur":    {Blur: transform.Num(math.Inf(1))},
		"unsharp": {Unsharp: transform.Unsharp{Radius: 100, Sigma: 1e300, Amount: 1}},
	} {
		job := pngJob(t, 1000, 1000)
		job.Plan.Steps = []transform.Step{{Effects: e}}
		if s := seconds(t, job); !(s > 0 && s < 60) {
			t.Errorf("%s: %v s", name, s)
		}
	}
}
