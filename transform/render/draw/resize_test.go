//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// sized returns a step that resizes.
func sized(w, h int, fit transform.Fit, focus transform.Focus) transform.Step {
	z := transform.Resize{Fit: fit, Focus: focus}
	if w > 0 {
		z.Width = transform.Px(float64(w))
	}
	if h > 0 {
		z.Height = transform.Px(float64(h))
	}
	return transform.Step{Resize: z}
}

// wantQuadrants checks the middle of each quadrant, and that the borders
// between them run through the middle of the image, give or take one pixel.
func wantQuadrants(t *testing.T, i *image.NRGBA, tolerance int) {
	t.Helper()
	w, h := i.Bounds().Dx(), i.Bounds().Dy()
	for n, c := range []color.NRGBA{red, green, blue, yellow} {
		right, down := n%2, n/2
		wantColor(t, i, w/4+right*w/2, h/4+down*h/2, c, tolerance)
		if w >= 40 && h >= 40 {
			wantColor(t, i, w/2-5+right*10, h/2-5+down*10, c, tolerance+12)
		}
		// The image's own corner: nothing dark or pale at its edge.
		wantColor(t, i, right*(w-1), down*(h-1), c, tolerance)
	}
}

func TestResizeSizes(t *testing.T) {
	original := asPNG(t, quadrants(400, 300))
	tests := []struct {
		step transform.Step
		w, h int
	}{
		{transform.Step{}, 400, 300},
		{sized(200, 0, transform.Cover, 0), 200, 150},
		{sized(0, 150, transform.Cover, 0), 200, 150},
		{sized(800, 0, transform.Cover, 0), 800, 600},
		{sized(101, 0, transform.Cover, 0), 101, 76}, // 75.75
		{sized(1, 0, transform.Cover, 0), 1, 1},
		{sized(1, 1, transform.Stretch, 0), 1, 1},
		{sized(3, 299, transform.Stretch, 0), 3, 299},
		{sized(397, 301, transform.Stretch, 0), 397, 301},
		{sized(100, 100, transform.Cover, 0), 100, 100},
		{sized(100, 100, transform.Inside, 0), 100, 75},
		{sized(100, 100, transform.Outside, 0), 133, 100},
		{sized(100, 100, transform.Pad, 0), 100, 100},
		{sized(100, 100, transform.Crop, 0), 100, 100},
		{sized(500, 100, transform.Crop, 0), 400, 100},
		{sized(500, 100, transform.CropPad, 0), 500, 100},
		{sized(500, 100, transform.PadOnly, 0), 500, 300},
		{transform.Step{Resize: transform.Resize{Width: transform.Fraction(.5)}}, 200, 150},
		{transform.Step{Resize: transform.Resize{Width: transform.Px(100), DPR: transform.Num(3)}}, 300, 225},
		{transform.Step{Resize: transform.Resize{Width: transform.Px(800), Fit: transform.Inside, NoEnlarge: true}}, 400, 300},
	}
	for n, test := range tests {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			wantSize(t, drawn(t, original, test.step), test.w, test.h)
		})
	}
}

// Whatever libvips rounds inside, the size is the one that was asked for.
func TestResizeExtremes(t *testing.T) {
	for _, own := range []image.Point{{1, 1}, {1, 10000}, {10000, 1}, {3, 7}, {2, 5001}} {
		originals := map[string][]byte{
			"png":  asPNG(t, solid(own.X, own.Y, red)),
			"webp": asWebP(t, solid(own.X, own.Y, red)),
			"jpeg": asJPEG(t, solid(own.X, own.Y, red)),
			"svg":  fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d"><rect width="100%%" height="100%%" fill="#dc2828"/></svg>`, own.X, own.Y),
		}
		for format, original := range originals {
			for _, to := range []image.Point{{1, 1}, {1, 100}, {100, 1}, {37, 3}, {999, 2}, {2, 1999}} {
				t.Run(fmt.Sprintf("%s/%v/%v", format, own, to), func(t *testing.T) {
					i := drawn(t, original, sized(to.X, to.Y, transform.Stretch, 0))
					wantSize(t, i, to.X, to.Y)
					wantEverywhere(t, i, red, 4)
				})
			}
		}
	}
}

// A JPEG is decoded at a half, a quarter or an eighth where that is enough. The
// result must not show it.
func TestResizeOnLoad(t *testing.T) {
	for own, widths := range map[image.Point][]int{
		{1600, 1200}: {1599, 801, 800, 799, 401, 400, 399, 200, 16},
		{1601, 1203}: {801, 101},
	} {
		picture := quadrants(own.X, own.Y)
		originals := map[string][]byte{"jpeg": asJPEG(t, picture), "webp": asWebP(t, picture), "svg": asSVG(own.X, own.Y)}
		plain := asPNG(t, picture)
		for _, w := range widths {
			step := sized(w, 0, transform.Cover, 0)
			want := drawn(t, plain, step)
			for format, original := range originals {
				t.Run(fmt.Sprintf("%s/%v/%d", format, own, w), func(t *testing.T) {
					i := drawn(t, original, step)
					wantSize(t, i, w, want.Bounds().Dy())
					wantQuadrants(t, i, 6)
					wantNear(t, i, want, 2)
				})
			}
		}
	}
}

// wantNear checks the mean difference: sharp edges may fall differently, but
// an image that is shifted or lost its edge differs more.
func wantNear(t *testing.T, i, want *image.NRGBA, most float64) {
	t.Helper()
	wantSize(t, i, want.Bounds().Dx(), want.Bounds().Dy())
	sum := 0
	for p := range i.Pix {
		sum += apart(i.Pix[p], want.Pix[p])
	}
	if mean := float64(sum) / float64(len(i.Pix)); mean > most {
		t.Errorf("the images differ by %.2f in the mean, want at most %.2f", mean, most)
	}
}

// A drawing is not made of pixels: enlarged, its edges stay sharp.
func TestResizeSharpSVG(t *testing.T) {
	i := drawn(t, asSVG(20, 10), sized(2000, 1000, transform.Stretch, 0))
	for _, at := range []struct {
		x, y int
		c    color.NRGBA
	}{{998, 498, red}, {1001, 498, green}, {998, 501, blue}, {1001, 501, yellow}} {
		wantColor(t, i, at.x, at.y, at.c, 0)
	}
}

// A drawing's last pixels are as opaque as its first, also where its shape does
// not fit the pixels that were asked for, or its own.
func TestResizeWholeSVG(t *testing.T) {
	for _, own := range []string{"300 200", "31 17", "24.5 24.5", "24.4 10.3", "1601 1203", "7.3 60"} {
		var w, h float64
		if _, err := fmt.Sscan(own, &w, &h); err != nil {
			t.Fatal(err)
		}
		original := fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %s"><rect width="%g" height="%g" fill="#dc2828"/></svg>`, own, w, h)
		for _, to := range []int{10, 67, 101, 503} {
			t.Run(fmt.Sprintf("%s/%d", own, to), func(t *testing.T) {
				wantEverywhere(t, drawn(t, original, sized(to, 0, transform.Cover, 0)), red, 4)
			})
		}
	}
}

// A gradient stays a gradient: the value at each place can be computed.
func TestResizeGradient(t *testing.T) {
	// 4 pixels for each value, so that the middle of the new pixel has it.
	original := asPNG(t, paint(1024, 16, func(x, _ int) color.NRGBA {
		v := uint8(x / 4)
		return color.NRGBA{v, 255 - v, v, 255}
	}))
	for _, w := range []int{256, 128, 512, 2048} {
		i := drawn(t, original, sized(w, 16, transform.Stretch, 0))
		for x := range w {
			if x < 8 || x > w-8 {
				continue // there the kernel sees the edge
			}
			v := uint8((x*2 + 1) * 128 / w)
			wantColor(t, i, x, 8, color.NRGBA{v, 255 - v, v, 255}, 1)
		}
	}
}

// Resizing leaves a transparent image as transparent as it was, to the last
// bit, and does not show the colour that transparent pixels hide.
func TestResizeTransparent(t *testing.T) {
	for _, a := range []uint8{1, 7, 64, 127, 128, 200, 254} {
		c := color.NRGBA{200, 100, 50, a}
		i := drawn(t, asPNG(t, solid(60, 40, c)), sized(30, 20, transform.Stretch, 0))
		wantEverywhere(t, i, c, 0)
	}
	hidden := color.NRGBA{0, 255, 0, 0}
	original := asPNG(t, box(100, 100, hidden, red, image.Rect(25, 25, 75, 75)))
	for _, side := range []int{50, 37, 150} {
		i := drawn(t, original, sized(side, side, transform.Stretch, 0))
		wantVisible(t, i, red, 20)
		wantColor(t, i, side/2, side/2, red, 1)
		wantColor(t, i, side/20, side/20, clear, 0)
	}
}

// wantVisible checks that wherever something can be seen, it is of the colour.
func wantVisible(t *testing.T, i *image.NRGBA, want color.NRGBA, tolerance int) {
	t.Helper()
	for y := range i.Bounds().Dy() {
		for x := range i.Bounds().Dx() {
			got := i.NRGBAAt(x, y)
			if want.A = got.A; got.A > 16 && distance(got, want) > tolerance {
				t.Fatalf("(%d, %d) is %v, want the colour of %v", x, y, got, want)
			}
		}
	}
}
