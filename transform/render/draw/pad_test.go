//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func withBackground(s transform.Step, c color.NRGBA) transform.Step {
	s.Background = transform.Background{On: true, Color: ink(c)}
	return s
}

// The image lies where the focus says; around it is black, or the background.
func TestPadFocus(t *testing.T) {
	original := asPNG(t, solid(40, 20, red))
	for focus, at := range places {
		for _, fit := range []transform.Fit{transform.CropPad, transform.PadOnly, transform.Pad} {
			t.Run(fmt.Sprint(focus, fit), func(t *testing.T) {
				w, h := 80, 60
				picture := image.Rect(0, 0, 40, 20).Add(image.Pt(at.X*20, at.Y*20))
				if fit == transform.Pad {
					picture = image.Rect(0, 0, 80, 40).Add(image.Pt(0, at.Y*10))
				}
				step := sized(w, h, fit, focus)
				wantLike(t, drawn(t, original, step), box(w, h, black, red, picture), 1)
				wantLike(t, drawn(t, original, withBackground(step, green)), box(w, h, green, red, picture), 1)
			})
		}
	}
}

func TestPadColors(t *testing.T) {
	transparent := box(40, 20, clear, red, image.Rect(0, 0, 20, 20))
	half := color.NRGBA{40, 180, 60, 102} // an alpha of 40 in a URL
	onHalf := func(figure color.NRGBA, r image.Rectangle) *image.NRGBA { return box(40, 40, half, figure, r) }
	step := sized(40, 40, transform.PadOnly, transform.FocusTop)
	tests := []struct {
		name     string
		original *image.NRGBA
		step     transform.Step
		want     *image.NRGBA
	}{
		{"half", solid(40, 20, red), withBackground(step, half), onHalf(red, image.Rect(0, 0, 40, 20))},
		{"half, transparent", transparent, withBackground(step, half), onHalf(red, image.Rect(0, 0, 20, 20))},
		{"clear", solid(40, 20, red), withBackground(step, clear), box(40, 40, clear, red, image.Rect(0, 0, 40, 20))},
		{"opaque, transparent", transparent, withBackground(step, blue), box(40, 40, blue, red, image.Rect(0, 0, 20, 20))},
		{"no padding", transparent, withBackground(transform.Step{}, blue), box(40, 20, blue, red, image.Rect(0, 0, 20, 20))},
		{"no padding, half", transparent, withBackground(transform.Step{}, half), box(40, 20, half, red, image.Rect(0, 0, 20, 20))},
		{"nothing to see through", solid(40, 20, red), withBackground(transform.Step{}, blue), solid(40, 20, red)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantLike(t, drawn(t, asPNG(t, test.original), test.step), test.want, 1)
		})
	}
}

// A half transparent pixel takes half of the background.
func TestBackgroundBlends(t *testing.T) {
	original := asPNG(t, solid(10, 10, color.NRGBA{200, 100, 0, 128}))
	i := drawn(t, original, withBackground(transform.Step{}, color.NRGBA{0, 100, 200, 255}))
	wantEverywhere(t, i, color.NRGBA{100, 100, 100, 255}, 1)

	// Over a background that is half transparent itself: alpha is 1-(1-a)(1-b),
	// the colours count by how much of each is seen (Porter and Duff, "over").
	i = drawn(t, original, withBackground(transform.Step{}, color.NRGBA{0, 100, 200, 128}))
	wantEverywhere(t, i, color.NRGBA{133, 100, 66, 192}, 1)

	// 255*127/255 is 127: what goes through floats is rounded, not cut off.
	original = asPNG(t, solid(10, 10, color.NRGBA{255, 0, 0, 128}))
	i = drawn(t, original, withBackground(transform.Step{}, color.NRGBA{255, 255, 255, 254}))
	wantEverywhere(t, i, color.NRGBA{255, 127, 127, 255}, 0)
}

// The padding has the colour that was asked for, whatever the effects do to
// the image, and whether it is transparent or not.
func TestPadColorAndEffects(t *testing.T) {
	step := withBackground(sized(40, 60, transform.PadOnly, transform.FocusTop), green)
	for name, effects := range map[string]transform.Effects{
		"grayscale": {Grayscale: true},
		"contrast":  {Contrast: true},
	} {
		for _, ground := range []color.NRGBA{white, {255, 255, 255, 254}} {
			t.Run(fmt.Sprint(name, ground.A), func(t *testing.T) {
				step.Effects = effects
				i := drawn(t, asPNG(t, box(40, 20, ground, gray, image.Rect(0, 0, 20, 20))), step)
				wantColor(t, i, 20, 40, green, 0)
			})
		}
	}
}
