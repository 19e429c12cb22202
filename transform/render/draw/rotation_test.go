//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func rotated(degrees float64) transform.Step {
	return transform.Step{Rotate: transform.Num(degrees)}
}

// What a right angle does to the colours of the quadrants, from the top left,
// in rows.
func TestRotateRight(t *testing.T) {
	for degrees, want := range map[float64][4]color.NRGBA{
		0: {red, green, blue, yellow}, 90: {blue, red, yellow, green}, 180: {yellow, blue, green, red}, 270: {green, yellow, red, blue},
		360: {red, green, blue, yellow}, -90: {green, yellow, red, blue}, 450: {blue, red, yellow, green},
	} {
		i := drawn(t, asPNG(t, quadrants(60, 40)), rotated(degrees))
		w, h := 60, 40
		if math.Mod(degrees, 180) != 0 {
			w, h = h, w
		}
		wantSize(t, i, w, h)
		for n, c := range want {
			wantColor(t, i, n%2*(w-1), n/2*(h-1), c, 0)
			wantColor(t, i, w/2-1+n%2, h/2-1+n/2, c, 0)
		}
	}
}

func TestRotateAny(t *testing.T) {
	original := asPNG(t, solid(100, 60, red))
	for _, degrees := range []float64{-40, 45, 1, 135, 200.5, 359} {
		t.Run(fmt.Sprint(degrees), func(t *testing.T) {
			sin, cos := math.Sincos(degrees * math.Pi / 180)
			w := 100*math.Abs(cos) + 60*math.Abs(sin)
			h := 100*math.Abs(sin) + 60*math.Abs(cos)
			i := drawn(t, original, rotated(degrees))
			if got := i.Bounds(); math.Abs(float64(got.Dx())-w) > 1.5 || math.Abs(float64(got.Dy())-h) > 1.5 {
				t.Errorf("%v, want %.1fx%.1f", got.Max, w, h)
			}
			wantRotated(t, i, degrees, clear, 1)
			wantRotated(t, drawn(t, original, withBackground(rotated(degrees), blue)), degrees, blue, 1)
			wantRotated(t, written(t, original, transform.Output{Format: transform.JPEG, Quality: 100}, rotated(degrees)), degrees, white, 8)
		})
	}
}

// wantRotated computes for each pixel where it was in the red image of 100 by
// 60 pixels, and leaves out the two at its edge.
func wantRotated(t *testing.T, i *image.NRGBA, degrees float64, outside color.NRGBA, tolerance int) {
	t.Helper()
	sin, cos := math.Sincos(-degrees * math.Pi / 180)
	size := i.Bounds().Max
	for y := range size.Y {
		for x := range size.X {
			dx, dy := float64(x)+.5-float64(size.X)/2, float64(y)+.5-float64(size.Y)/2
			fromX, fromY := math.Abs(dx*cos-dy*sin)-50, math.Abs(dx*sin+dy*cos)-30
			switch off := max(fromX, fromY); {
			case off < -2:
				wantColor(t, i, x, y, red, tolerance)
			case off > 2:
				wantColor(t, i, x, y, outside, tolerance)
			}
			if t.Failed() {
				return
			}
		}
	}
}

// The seam of a rotated image is red that fades, not red that darkens.
func TestRotateEdge(t *testing.T) {
	i := drawn(t, asPNG(t, solid(100, 60, red)), rotated(30))
	wantVisible(t, i, red, 20)
}

func TestFlip(t *testing.T) {
	for flip, want := range map[transform.Flip][4]color.NRGBA{
		{Horizontal: true}:                 {green, red, yellow, blue},
		{Vertical: true}:                   {blue, yellow, red, green},
		{Horizontal: true, Vertical: true}: {yellow, blue, green, red},
	} {
		for format, original := range map[string][]byte{"png": asPNG(t, quadrants(60, 40)), "webp": asWebP(t, quadrants(60, 40))} {
			t.Run(fmt.Sprint(flip, format), func(t *testing.T) {
				i := drawn(t, original, transform.Step{Flip: flip})
				wantSize(t, i, 60, 40)
				for n, c := range want {
					wantColor(t, i, n%2*59, n/2*39, c, 0)
				}
			})
		}
	}
}

// Links of a chain happen in their order; within one, the size comes first.
func TestChainOrder(t *testing.T) {
	original := asPNG(t, quadrants(800, 800))
	size, turn := sized(400, 300, transform.Stretch, 0), rotated(90)
	both := size
	both.Rotate = turn.Rotate
	for n, test := range []struct {
		steps []transform.Step
		w, h  int
	}{
		{[]transform.Step{size, turn}, 300, 400},
		{[]transform.Step{turn, size}, 400, 300},
		{[]transform.Step{both}, 300, 400},
		{[]transform.Step{turn, turn, size}, 400, 300},
	} {
		i := drawn(t, original, test.steps...)
		wantSize(t, i, test.w, test.h)
		want := blue // came to the top left by a turn
		if n == 3 {
			want = yellow
		}
		wantColor(t, i, 10, 10, want, 1)
	}
}
