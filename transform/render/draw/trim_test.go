//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func trimmed(threshold int) transform.Step {
	return transform.Step{Trim: transform.Trim{On: true, Threshold: threshold}}
}

func TestTrim(t *testing.T) {
	figure := image.Rect(13, 7, 53, 47)
	near := color.NRGBA{white.R - 20, white.G - 20, white.B - 20, 255}
	tests := []struct {
		name      string
		original  *image.NRGBA
		threshold int
		w, h      int
	}{
		{"a box", box(100, 60, white, red, figure), 0, 40, 40},
		{"on black", box(100, 60, black, red, figure), 0, 40, 40},
		{"at the edge", box(100, 60, white, red, image.Rect(30, 0, 100, 60)), 0, 70, 60},
		{"beyond the usual threshold", box(100, 60, white, near, figure), 0, 40, 40},
		{"within a larger threshold", box(100, 60, white, near, figure), 25, 100, 60},
		{"all margin", solid(100, 60, white), 0, 100, 60},
		{"all transparent", solid(100, 60, clear), 0, 100, 60},
		{"one pixel", solid(1, 1, white), 0, 1, 1},
		{"transparent margin", box(100, 60, clear, red, figure), 0, 40, 40},
		{"black on a transparent margin", box(100, 60, clear, black, figure), 0, 40, 40},
		{"transparent, hidden colours", box(100, 60, color.NRGBA{220, 40, 40, 0}, red, figure), 0, 40, 40},
		{"half transparent figure", box(100, 60, clear, color.NRGBA{0, 0, 0, 128}, figure), 0, 40, 40},
		{"opaque margin around a hole", box(100, 60, white, clear, figure), 0, 40, 40},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i := drawn(t, asPNG(t, test.original), trimmed(test.threshold))
			wantSize(t, i, test.w, test.h)
			if test.w == 40 {
				wantEverywhere(t, i, test.original.NRGBAAt(30, 30), 0)
			}
		})
	}
}

// A subject that reaches into a corner is not a margin.
func TestTrimByMostCorners(t *testing.T) {
	for _, test := range []struct {
		name   string
		figure image.Rectangle
		ground color.NRGBA
		w, h   int
	}{
		{"top left", image.Rect(0, 0, 40, 30), white, 40, 30},
		{"top right", image.Rect(60, 0, 100, 30), white, 40, 30},
		{"bottom left", image.Rect(0, 30, 40, 60), white, 40, 30},
		{"bottom right", image.Rect(60, 30, 100, 60), white, 40, 30},
		{"top left, on a transparent margin", image.Rect(0, 0, 40, 30), clear, 40, 30},
		{"along the left side: the first corner's colour is the margin", image.Rect(0, 0, 40, 60), white, 60, 60},
	} {
		t.Run(test.name, func(t *testing.T) {
			wantSize(t, drawn(t, asPNG(t, box(100, 60, test.ground, red, test.figure)), trimmed(0)), test.w, test.h)
		})
	}
	four := box(100, 60, white, red, image.Rect(10, 10, 90, 50))
	four.SetNRGBA(0, 0, black)
	four.SetNRGBA(99, 0, color.NRGBA{250, 250, 250, 255}) // within the threshold
	wantSize(t, drawn(t, asPNG(t, four), trimmed(0)), 80, 40)
}

// The threshold is in steps of 8 bits, however many the original has.
func TestTrimDepths(t *testing.T) {
	figure := image.Rect(13, 7, 53, 47)
	for _, test := range []struct{ far, w, h int }{{5, 100, 60}, {20, 40, 40}} {
		deep := image.NewNRGBA64(image.Rect(0, 0, 100, 60))
		for y := range 60 {
			for x := range 100 {
				v := uint16(200 * 257)
				if (image.Point{X: x, Y: y}).In(figure) {
					v -= uint16(test.far * 257)
				}
				deep.SetNRGBA64(x, y, color.NRGBA64{v, v, v, 0xffff})
			}
		}
		wantSize(t, drawn(t, asPNG(t, deep), trimmed(0)), test.w, test.h)
	}
}

// Trim comes first, whatever else is asked for.
func TestTrimThen(t *testing.T) {
	original := box(128, 64, white, gray, image.Rect(16, 16, 80, 48)) // whole blocks of a JPEG
	step := sized(80, 0, transform.Cover, 0)
	step.Trim.On = true
	for format, file := range map[string][]byte{"png": asPNG(t, original), "jpeg": asJPEG(t, original), "webp": asWebP(t, original), "gif": asGIF(t, original)} {
		t.Run(fmt.Sprint(format), func(t *testing.T) {
			wantSize(t, drawn(t, file, step), 80, 40)
		})
	}
}
