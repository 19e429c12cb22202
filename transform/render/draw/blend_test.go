//go:build cgo

package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// A picture's rows are there also far below a layer: libvips reads a file from top to
// bottom, once, and forgets what it read of it 1024 rows below what was inserted. With
// the tiles that it works in, of 128 by 128 pixels, that is at row 1280 here, after the
// first of several tiles.
func TestRowsBelowLayer(t *testing.T) {
	red, blue := transform.Opaque(255, 0, 0), transform.Color{B: 255, A: 51}
	onRed, onBlue := image.Rect(16, 0, 216, 160), image.Rect(116, 80, 316, 240)
	layers := transform.Step{Layers: []transform.Layer{block(red, onRed), block(blue, onBlue)}}

	// Eight rows of each grey: a JPEG of quality 100 stores them as they are.
	grey := func(y int) uint8 { return uint8(y / 8) }
	// What has an alpha of 51 is a fifth of what is seen.
	fifth := func(above, below uint8) uint8 { return uint8((int(above) + 4*int(below) + 2) / 5) }
	for name, size := range map[string]transform.Size{
		"less than a megapixel": {Width: 500, Height: 1600},
		"more":                  {Width: 1000, Height: 1600},
	} {
		t.Run(name, func(t *testing.T) {
			steps := image.NewGray(image.Rect(0, 0, size.Width, size.Height))
			for i := range steps.Pix {
				steps.Pix[i] = grey(i / steps.Stride)
			}
			var file bytes.Buffer
			if err := jpeg.Encode(&file, steps, &jpeg.Options{Quality: 100}); err != nil {
				t.Fatal(err)
			}
			want := paint(size.Width, size.Height, func(x, y int) color.NRGBA {
				here, c := image.Pt(x, y), color.NRGBA{grey(y), grey(y), grey(y), 255}
				if here.In(onRed) {
					c = color.NRGBA{255, 0, 0, 255}
				}
				if here.In(onBlue) {
					c = color.NRGBA{fifth(0, c.R), fifth(0, c.G), fifth(255, c.B), 255}
				}
				return c
			})
			for _, threads := range []int{1, 2} {
				job := newJob(file.Bytes(), transform.Output{Format: transform.PNG}, layers)
				job.Threads = threads
				wantLike(t, decode(t, result(t, job).Body), want, 0)
			}
		})
	}
}

// block is a layer of one colour.
func block(c transform.Color, r image.Rectangle) transform.Layer {
	return transform.Layer{
		Kind: transform.BlockLayer, Color: c, Place: at(float64(r.Min.X), float64(r.Min.Y)),
		Steps: []transform.Step{sized(r.Dx(), r.Dy(), transform.Stretch, 0)},
	}
}
