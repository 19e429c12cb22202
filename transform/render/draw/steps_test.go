//go:build cgo

package draw

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"maps"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func TestEveryStepIsDrawn(t *testing.T) {
	var names []string
	for _, s := range steps.All {
		names = append(names, s.Name)
	}
	slices.Sort(names)
	if drawn := slices.Sorted(maps.Keys(draws)); !slices.Equal(drawn, names) {
		t.Errorf("draw has %v, steps has %v", drawn, names)
	}
}

// A step that computes the image into memory must declare it, since the copy
// is most of its cost.
func TestStepsReadAsDeclared(t *testing.T) {
	own := transform.Size{Width: 60, Height: 40}
	photo := image.NewNRGBA(image.Rect(0, 0, own.Width, own.Height))
	for n := range photo.Pix {
		photo.Pix[n] = byte(n * n / 7)
	}
	var original bytes.Buffer
	if err := png.Encode(&original, photo); err != nil {
		t.Fatal(err)
	}
	plain, err := transform.Resolve(transform.Step{}, transform.Facts{Size: own, Initial: own, Frames: 1})
	if err != nil {
		t.Fatal(err)
	}
	// asks change a recipe that asks for nothing.
	asks := map[string][]func(*transform.Recipe){
		"scale":        {func(r *transform.Recipe) { r.Scale = transform.Size{Width: 30, Height: 20} }},
		"orient":       {func(*transform.Recipe) {}},
		"crop":         {func(r *transform.Recipe) { r.Crop.Size.Width = 30 }, func(r *transform.Recipe) { r.Crop.Size.Width, r.Seek = 30, true }},
		"colour":       {func(*transform.Recipe) {}},
		"whiteBalance": {func(r *transform.Recipe) { r.WhiteBalance = true }},
		"tone":         {func(r *transform.Recipe) { r.Tone = true }, func(r *transform.Recipe) { r.Tone, r.WhiteBalance = true, true }},
		"adjust":       {func(r *transform.Recipe) { r.Adjust = transform.Adjust{Gamma: 0.2, Hue: 20} }},
		"grayscale":    {func(r *transform.Recipe) { r.Grayscale = true }},
		"contrast":     {func(r *transform.Recipe) { r.Contrast = true }},
		"blur":         {func(r *transform.Recipe) { r.Blur = 10 }},
		"sharpen":      {func(r *transform.Recipe) { r.Sharpen.On = true }},
		"unsharp":      {func(r *transform.Recipe) { r.Unsharp = transform.Unsharp{Sigma: 1, Amount: 1} }, func(r *transform.Recipe) { r.Unsharp = transform.Unsharp{Sigma: 9, Amount: 1} }},
		"replace":      {func(r *transform.Recipe) { r.Replace.On = true }},
		"colorize":     {func(r *transform.Recipe) { r.Colorize = transform.Colorize{Color: transform.White, Intensity: 50} }},
		"gradient":     {func(r *transform.Recipe) { r.Gradient = transform.Ramp{Right: 1, To: transform.White} }},
		"findColours": {func(r *transform.Recipe) { r.Background = transform.Background{On: true} }, func(r *transform.Recipe) {
			r.Background = transform.Background{On: true, Kind: transform.DominantBackground}
		}, func(r *transform.Recipe) {
			r.Background = transform.Background{On: true, Kind: transform.GradientBackground, Palette: 2}
		}},
		"pad":        {func(r *transform.Recipe) { r.Canvas.Width = 90 }},
		"distort":    {func(r *transform.Recipe) { r.Distort = transform.Distort{Kind: transform.Arc, Arc: 90} }},
		"rotate":     {func(r *transform.Recipe) { r.Rotate = 90 }, func(r *transform.Recipe) { r.Rotate = 30 }},
		"flip":       {func(r *transform.Recipe) { r.Flip.Vertical = true }},
		"border":     {func(r *transform.Recipe) { r.Border = 5 }},
		"corners":    {func(r *transform.Recipe) { r.Corners[0] = 9 }},
		"shadow":     {func(r *transform.Recipe) { r.Shadow = transform.Shadow{On: true, Blur: 5, Strength: 50} }},
		"opacity":    {func(r *transform.Recipe) { r.Opacity = 0.5 }},
		"background": {func(r *transform.Recipe) { r.Background.On = true }},
	}
	for l := range looks {
		asks["look"] = append(asks["look"], func(r *transform.Recipe) { r.Look = l })
	}
	for _, s := range steps.All {
		if len(asks[s.Name]) == 0 {
			t.Errorf("no recipe asks for %s", s.Name)
		}
		for n, ask := range asks[s.Name] {
			r := plain
			ask(&r)
			on := steps.Image{Size: own, Frames: 1, Alpha: true, Pixel: 4, Before: own, Decoded: own, Turned: s.Name == "orient"}
			declared := s.Cost(r, on).Reads >= steps.Twice
			if copies := copies(t, original.Bytes(), s.Name, r); copies != declared {
				t.Errorf("recipe %d of %s: computed into memory is %t, declared %t", n, s.Name, copies, declared)
			}
		}
	}
}

// copies reports whether a step, drawn after those before it, computes the
// image into memory, which frees what the image was computed from.
func copies(t *testing.T, original []byte, step string, r transform.Recipe) bool {
	t.Helper()
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	job := render.Job{Original: original, Limits: transform.Limits{MaxPixels: 1e6, MaxFrames: 1, MaxDimension: 1000}}
	p, err := open(scope, job, &findings{ctx: context.Background()})
	if err != nil {
		t.Fatal(err)
	}
	if step == "orient" {
		p.frame.SetInt("orientation", 2)
	}
	for _, s := range steps.All {
		before := p.frame
		if err := draws[s.Name](p, r); err != nil {
			t.Fatalf("%s: %v", s.Name, err)
		}
		if s.Name == step {
			_, err = before.Copy()
			return err != nil
		}
	}
	t.Fatalf("no step is %s", step)
	return false
}
