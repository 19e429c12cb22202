//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// No step fails on an image that is smaller than its kernel, its radius or
// its border.
func TestTinyPictures(t *testing.T) {
	n := transform.Num
	steps := map[string]transform.Step{
		"enlarged":   sized(50, 70, transform.Cover, 0),
		"stretched":  sized(1, 90, transform.Stretch, 0),
		"seeking":    sized(1, 2, transform.Cover, transform.FocusAuto),
		"cut":        sized(1, 1, transform.Crop, transform.FocusAuto),
		"padded":     sized(9, 9, transform.PadOnly, 0),
		"turned":     rotated(90),
		"rotated":    rotated(45),
		"flipped":    {Flip: transform.Flip{Horizontal: true, Vertical: true}},
		"gray":       effect(transform.Effects{Grayscale: true}),
		"contrast":   effect(transform.Effects{Contrast: true}),
		"blurred":    effect(transform.Effects{Blur: n(100)}),
		"sharpened":  effect(transform.Effects{Sharpen: transform.Sharpen{On: true}}),
		"masked":     effect(transform.Effects{Unsharp: transform.Unsharp{Radius: 100, Sigma: 100, Amount: 2, Threshold: 0.1}}),
		"mask, thin": effect(transform.Effects{Unsharp: transform.Unsharp{Sigma: 0.01, Amount: 2}}),
		"bordered":   bordered(30, blue, radii(20)),
		"rounded":    {Corners: roundest},
		"faded":      {Opacity: n(1)},
		"trimmed":    trimmed(0),
	}
	for name, e := range newEffects() {
		steps[name] = effect(e)
	}
	for name, step := range steps {
		for _, size := range []image.Point{{1, 1}, {1, 3}, {2, 3}} {
			picture := solid(size.X, size.Y, red)
			for kind, original := range map[string][]byte{
				"png": asPNG(t, picture), "jpeg": asJPEG(t, picture), "webp": asWebP(t, picture), "gif": asGIF(t, picture), "tiff": asTIFF(picture),
				"transparent": asPNG(t, solid(size.X, size.Y, halfGreen)), "animation": asGIF(t, solids(size.X, size.Y)...), "svg": asSVG(size.X, size.Y),
			} {
				t.Run(fmt.Sprint(name, size, kind), func(t *testing.T) {
					for _, format := range []transform.Format{transform.PNG, transform.GIF} {
						written(t, original, transform.Output{Format: format}, step)
					}
				})
			}
		}
	}
}

// AVIF's encoder takes such images too, at some cost for each.
func TestTinyAVIF(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 1}, {1, 3}, {17, 1}} {
		i := written(t, asPNG(t, solid(size.X, size.Y, red)), transform.Output{Format: transform.AVIF, Quality: 90})
		wantSize(t, i, size.X, size.Y)
		wantEverywhere(t, i, red, 8)
	}
}
