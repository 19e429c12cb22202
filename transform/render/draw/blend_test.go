//go:build cgo

package draw_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// A JPEG is read from top to bottom, once: a layer of many rows in the middle of a
// picture that stays as large as it is has none of them read again.
func TestTallLayersOnLargePicture(t *testing.T) {
	white := image.NewGray(image.Rect(0, 0, 4000, 3000))
	for i := range white.Pix {
		white.Pix[i] = 255
	}
	var file bytes.Buffer
	if err := jpeg.Encode(&file, white, nil); err != nil {
		t.Fatal(err)
	}
	block := func(c transform.Color, x, y float64) transform.Layer {
		return transform.Layer{
			Kind: transform.BlockLayer, Color: c,
			Steps: []transform.Step{{Resize: transform.Resize{Width: transform.Px(400), Height: transform.Px(1500), Fit: transform.Stretch}}},
			Place: transform.Place{Anchor: transform.FocusTopLeft, Left: transform.Offset{Distance: transform.Num(x)}, Top: transform.Offset{Distance: transform.Num(y)}},
		}
	}
	red, blue := transform.Opaque(255, 0, 0), transform.Opaque(0, 0, 255)
	for _, threads := range []int{1, 2} {
		job := newJob(file.Bytes(), transform.Output{Format: transform.PNG}, transform.Step{Layers: []transform.Layer{block(red, 100, 1000), block(blue, 300, 1200)}})
		job.Threads = threads
		r, err := draw.Draw(t.Context(), job)
		if err != nil {
			t.Fatalf("%d threads: %v", threads, err)
		}
		got, err := png.Decode(bytes.NewReader(r.Body))
		if err != nil {
			t.Fatal(err)
		}
		for at, want := range map[image.Point]color.NRGBA{
			{99, 1500}: {255, 255, 255, 255}, {100, 999}: {255, 255, 255, 255}, {100, 1000}: {255, 0, 0, 255}, {299, 2499}: {255, 0, 0, 255},
			{300, 1199}: {255, 0, 0, 255}, {300, 1200}: {0, 0, 255, 255}, {699, 2699}: {0, 0, 255, 255}, {700, 2699}: {255, 255, 255, 255},
		} {
			if c := color.NRGBAModel.Convert(got.At(at.X, at.Y)); c != want {
				t.Errorf("%d threads, %v: %v, want %v", threads, at, c, want)
			}
		}
	}
}
