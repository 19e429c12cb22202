//go:build cgo

package draw_test

import (
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// focused draws an image whose file marks an area.
func focused(original []byte, area transform.Rect, steps ...transform.Step) render.Job {
	job := newJob(original, transform.Output{Format: transform.PNG}, steps...)
	job.Areas = []transform.Rect{area}
	return job
}

// The area goes along with what happens to the image before it counts.
func TestAreaInChains(t *testing.T) {
	area := transform.Rect{Point: transform.Point{X: 120, Y: 40}, Size: transform.Size{Width: 10, Height: 20}}
	cut := sized(20, 10, transform.Crop, transform.FocusArea) // around (125, 50)
	plain := asPNG(t, coordinates(200, 100))
	// What draws attention are 60 pixels at the right, so that the part that is
	// sought begins at 100 or behind.
	telling := asPNG(t, paint(200, 100, func(x, y int) color.NRGBA {
		if x >= 140 {
			return color.NRGBA{255, uint8(200 * (x / 4 % 2)), 0, 255}
		}
		return color.NRGBA{uint8(x), uint8(y), 99, 255}
	}))
	margin := asPNG(t, paint(200, 100, func(x, y int) color.NRGBA {
		if !image.Pt(x, y).In(image.Rect(60, 30, 180, 90)) {
			return color.NRGBA{255, 255, 255, 255}
		}
		return color.NRGBA{uint8(x), uint8(y), 99, 255}
	}))
	tests := []struct {
		name     string
		original []byte
		steps    []transform.Step
	}{
		{"alone", plain, []transform.Step{cut}},
		{"trimmed", margin, []transform.Step{{Trim: transform.Trim{On: true}}, cut}},
		{"trimmed in the same step", margin, []transform.Step{{Trim: transform.Trim{On: true}, Resize: cut.Resize}}},
		{"sought", telling, []transform.Step{sized(100, 100, transform.Crop, transform.FocusAuto), cut}},
		{"padded", plain, []transform.Step{sized(300, 300, transform.CropPad, transform.FocusTop), cut}},
		{"turned and back", plain, []transform.Step{rotated(90), rotated(270), cut}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			i := decode(t, result(t, focused(tt.original, area, tt.steps...)).Body)
			wantSize(t, i, 20, 10)
			wantColor(t, i, 0, 0, color.NRGBA{115, 45, 99, 255}, 0)
			wantColor(t, i, 19, 9, color.NRGBA{134, 54, 99, 255}, 0)
		})
	}
	for name, steps := range map[string][]transform.Step{
		"tilted":   {rotated(10), cut},
		"cut away": {sized(50, 50, transform.Crop, transform.FocusTopLeft), cut},
	} {
		t.Run(name, func(t *testing.T) { failure(t, focused(plain, area, steps...), errors.BadTransform) })
	}
}
