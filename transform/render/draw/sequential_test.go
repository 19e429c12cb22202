//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// manySteps are chains of all steps that read an image in an order of their
// own.
func manySteps() map[string][]transform.Step {
	n := transform.Num
	half := color.NRGBA{40, 180, 60, 128}
	return map[string][]transform.Step{
		"nothing":     nil,
		"enlarged":    {sized(1300, 0, transform.Cover, 0)},
		"chained":     {sized(800, 0, transform.Cover, 0), sized(500, 0, transform.Cover, 0), sized(700, 700, transform.Stretch, 0)},
		"cut below":   {{Resize: transform.Resize{Width: transform.Px(600), Height: transform.Px(200), Fit: transform.Crop, X: n(200), Y: n(800)}}},
		"cut, larger": {sized(400, 400, transform.Crop, transform.FocusBottom), sized(900, 0, transform.Cover, 0)},
		"padded":      {withBackground(sized(1100, 1200, transform.PadOnly, transform.FocusBottom), half)},
		"bordered":    {bordered(50, half, radii(200))},
		"framed":      {bordered(50, half, transform.Corners{})},
		"background":  {withBackground(transform.Step{Opacity: n(50)}, half)},
		"half behind": {withBackground(transform.Step{}, half)},
		"grayscale":   {effect(transform.Effects{Grayscale: true})},
		"sharpened":   {effect(transform.Effects{Sharpen: transform.Sharpen{On: true}})},
		"balanced":    {effect(transform.Effects{WhiteBalance: true, Tone: true, Adjust: transform.Adjust{Gamma: 0.2, Hue: 9}})},
		"vignette":    {looking(transform.Lomo)},
		"pixelated":   {looking(transform.Pixelate)},
		"relief":      {looking(transform.Emboss), looking(transform.Edges)},
		"sketched":    {sized(900, 1600, transform.Stretch, 0), looking(transform.Sketch)},
		"sought":      {sized(700, 300, transform.Crop, transform.FocusAuto), rotated(10)},
		"upside down": {sized(900, 900, transform.Stretch, 0), {Flip: transform.Flip{Vertical: true}}, rotated(180)},
	}
}

// A file is read from top to bottom, once. A step that reads in another order
// fails on an image with more rows than libvips keeps at hand.
func TestSequential(t *testing.T) {
	const side = 1000
	steps := manySteps()
	seen := quadrants(side, side)
	for p := 3; p < len(seen.Pix); p += 4 {
		seen.Pix[p] = 200
	}
	for kind, original := range map[string][]byte{
		"jpeg": asJPEG(t, quadrants(side, side)), "png": asPNG(t, quadrants(side, side)), "alpha": asPNG(t, seen),
		"webp": asWebP(t, seen), "tiff": asTIFF(quadrants(side, side)), "turned": oriented(asJPEG(t, stored(quadrants(side, side), 6)), 6),
	} {
		for name, chain := range steps {
			t.Run(name+"/"+kind, func(t *testing.T) {
				result(t, newJob(original, transform.Output{Format: transform.JPEG}, chain...))
			})
		}
	}
}

// stripes of one row each do not come out in another order either.
func TestSequentialRows(t *testing.T) {
	i := paint(8, 3000, func(_, y int) color.NRGBA { return color.NRGBA{uint8(y), uint8(y >> 8), 7, 255} })
	for kind, original := range map[string][]byte{"png": asPNG(t, i), "webp": asWebP(t, i), "tiff": asTIFF(i)} {
		for _, y := range []int{0, 1, 127, 128, 1500, 2990} {
			t.Run(fmt.Sprint(kind, y), func(t *testing.T) {
				step := transform.Step{Resize: transform.Resize{Width: transform.Px(8), Height: transform.Px(10), Fit: transform.Crop, X: transform.Num(0), Y: transform.Num(float64(y))}}
				want := i.SubImage(image.Rect(0, y, 8, y+10))
				wantLike(t, drawn(t, original, step), atOrigin(want), 0)
			})
		}
	}
}

// atOrigin moves an image to (0, 0).
func atOrigin(i image.Image) *image.NRGBA {
	r := i.Bounds()
	return paint(r.Dx(), r.Dy(), func(x, y int) color.NRGBA { return i.At(r.Min.X+x, r.Min.Y+y).(color.NRGBA) })
}
