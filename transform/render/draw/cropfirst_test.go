//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// speckled returns an image in which no pixel is like its neighbours.
func speckled(w, h int, alpha bool) *image.NRGBA {
	return paint(w, h, func(x, y int) color.NRGBA {
		c := color.NRGBA{uint8(x*89 + y*31), uint8(x*17 ^ y*53), uint8(x * y * 7), 255}
		if alpha {
			c.A = uint8(40 + x*13 + y*29)
		}
		return c
	})
}

// What is enlarged and then cut has the pixels that the whole enlarged image
// has in the same place.
func TestCropFirst(t *testing.T) {
	tests := []struct {
		name     string
		own, box image.Point
		whole    image.Point // the size that Cover scales to
	}{
		{"higher", image.Pt(13, 29), image.Pt(50, 40), image.Pt(50, 112)}, // 50*29/13 = 111.5
		{"wider", image.Pt(31, 12), image.Pt(40, 60), image.Pt(155, 60)},
		{"hardly larger", image.Pt(40, 90), image.Pt(41, 41), image.Pt(41, 92)}, // 41*90/40 = 92.25
		{"one pixel wide", image.Pt(1, 40), image.Pt(30, 7), image.Pt(30, 1200)},
		{"one pixel high", image.Pt(40, 1), image.Pt(9, 30), image.Pt(1200, 30)},
	}
	for _, tt := range tests {
		for kind, original := range map[string][]byte{
			"png":    asPNG(t, speckled(tt.own.X, tt.own.Y, false)),
			"alpha":  asPNG(t, speckled(tt.own.X, tt.own.Y, true)),
			"webp":   asWebP(t, speckled(tt.own.X, tt.own.Y, true)),
			"turned": oriented(asJPEG(t, stored(speckled(tt.own.X, tt.own.Y, false), 6)), 6),
		} {
			whole := drawn(t, original, sized(tt.whole.X, tt.whole.Y, transform.Stretch, 0))
			spare := tt.whole.Sub(tt.box)
			for focus, at := range places {
				t.Run(fmt.Sprint(tt.name, "/", kind, "/", focus), func(t *testing.T) {
					part := drawn(t, original, sized(tt.box.X, tt.box.Y, transform.Cover, focus))
					corner := image.Pt(spare.X*at.X/2, spare.Y*at.Y/2)
					want := atOrigin(whole.SubImage(image.Rectangle{Max: tt.box}.Add(corner)))
					wantLike(t, part, want, 1)
				})
			}
		}
	}
}

// A strip of 65,535 pixels that covers a box would have to be enlarged to more pixels
// than there may be, and more than libvips can count. Only what is kept of it is made.
func TestCropFirstOfStrips(t *testing.T) {
	const long, middle = 65535, 32767
	// Red up to the middle one and blue behind it; the first is green, the last yellow.
	strip := func(across bool) *image.NRGBA {
		at := func(n int) color.NRGBA {
			switch {
			case n == 0:
				return green
			case n == long-1:
				return yellow
			case n <= middle:
				return red
			}
			return blue
		}
		if across {
			return paint(long, 1, func(x, _ int) color.NRGBA { return at(x) })
		}
		return paint(1, long, func(_, y int) color.NRGBA { return at(y) })
	}
	halfway := color.NRGBA{130, 50, 120, 255}
	for _, across := range []bool{false, true} {
		// Each pixel becomes 200 by 200; the box shows two of them.
		w, h, first, last := 200, 400, transform.FocusTop, transform.FocusBottom
		if across {
			w, h, first, last = 400, 200, transform.FocusLeft, transform.FocusRight
		}
		for kind, original := range map[string][]byte{"png": asPNG(t, strip(across)), "tiff": asTIFF(strip(across))} {
			shown := func(focus transform.Focus) func(at int, want color.NRGBA, tolerance int) {
				i := drawn(t, original, sized(w, h, transform.Cover, focus))
				wantSize(t, i, w, h)
				return func(at int, want color.NRGBA, tolerance int) {
					t.Helper()
					if across {
						wantColor(t, i, at, 100, want, tolerance)
					} else {
						wantColor(t, i, 100, at, want, tolerance)
					}
				}
			}
			t.Run(fmt.Sprint(kind, across), func(t *testing.T) {
				// 13,107,000 - 400 are left over; 6,553,300 before it are 32,766.5 pixels.
				i := shown(transform.FocusCenter)
				i(0, red, 2)
				i(200, red, 2)
				i(299, halfway, 4)
				i(300, halfway, 4)
				i(399, blue, 4)
				i = shown(first)
				i(100, green, 2)
				i(300, red, 2)
				i = shown(last)
				i(100, blue, 2)
				i(300, yellow, 2)
			})
		}
	}
}

// So it is with what the box is sought in, drawings, layers, animations and
// the blurred image behind one.
func TestCropFirstElsewhere(t *testing.T) {
	strip := paint(1, 60000, func(_, y int) color.NRGBA {
		if y < 50000 {
			return red
		}
		return blue
	})
	box := sized(200, 300, transform.Cover, 0)
	t.Run("sought", func(t *testing.T) {
		i := drawn(t, asPNG(t, strip), sized(200, 300, transform.Cover, transform.FocusAuto))
		wantSize(t, i, 200, 300)
	})
	t.Run("drawing", func(t *testing.T) {
		wantEverywhere(t, drawn(t, []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="4" height="60000"><rect width="4" height="60000" fill="#dc2828"/></svg>`), box), red, 2)
		i := drawn(t, asSVG(1, 60000), sized(200, 300, transform.Cover, transform.FocusAuto))
		wantSize(t, i, 200, 300)
	})
	t.Run("layer", func(t *testing.T) {
		i := laid(t, solid(400, 400, white), map[string]image.Image{"strip": strip}, overlay("strip", transform.Place{}, box))
		wantColor(t, i, 200, 200, red, 2)
		wantColor(t, i, 99, 200, white, 0)
	})
	t.Run("animation", func(t *testing.T) {
		first := paint(1, 60000, func(_, _ int) color.NRGBA { return green })
		r := result(t, newJob(asGIF(t, first, strip), transform.Output{Format: transform.WebP, Lossless: true}, box))
		for n, frame := range framesOf(t, r.Body, 2) {
			wantEverywhere(t, frame, []color.NRGBA{green, red}[n], 2)
		}
	})
	t.Run("behind", func(t *testing.T) {
		step := sized(16383, 20, transform.Pad, 0)
		step.Background = transform.Background{On: true, Kind: transform.BlurredBackground}
		wantSize(t, drawn(t, asPNG(t, solid(1, 16383, red)), step), 16383, 20)
	})
}
