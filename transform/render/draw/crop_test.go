//go:build cgo

package draw_test

import (
	"fmt"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// places are the nine focuses, as columns and rows.
var places = map[transform.Focus]image.Point{
	transform.FocusTopLeft: {0, 0}, transform.FocusTop: {1, 0}, transform.FocusTopRight: {2, 0},
	transform.FocusLeft: {0, 1}, transform.FocusCenter: {1, 1}, transform.FocusRight: {2, 1},
	transform.FocusBottomLeft: {0, 2}, transform.FocusBottom: {1, 2}, transform.FocusBottomRight: {2, 2},
}

// coordinates returns an image whose pixels say where they are.
func coordinates(w, h int) *image.NRGBA {
	return paint(w, h, func(x, y int) color.NRGBA { return color.NRGBA{uint8(x), uint8(y), 99, 255} })
}

// An image of nine fields is cut to one: the one in focus.
func TestCropFocus(t *testing.T) {
	original := asPNG(t, coordinates(90, 60))
	for focus, at := range places {
		t.Run(fmt.Sprint(focus), func(t *testing.T) {
			i := drawn(t, original, sized(30, 20, transform.Crop, focus))
			wantSize(t, i, 30, 20)
			x, y := uint8(30*at.X), uint8(20*at.Y)
			wantColor(t, i, 0, 0, color.NRGBA{x, y, 99, 255}, 0)
			wantColor(t, i, 29, 19, color.NRGBA{x + 29, y + 19, 99, 255}, 0)
		})
	}
}

// Cover cuts in one direction only; the focus counts in that one.
func TestCoverFocus(t *testing.T) {
	for focus, at := range places {
		t.Run(fmt.Sprint(focus), func(t *testing.T) {
			wide := drawn(t, asPNG(t, quadrants(400, 200)), sized(100, 100, transform.Cover, focus))
			wantSize(t, wide, 100, 100)
			left, right := [3]color.NRGBA{red, red, green}[at.X], [3]color.NRGBA{red, green, green}[at.X]
			wantColor(t, wide, 5, 5, left, 2)
			wantColor(t, wide, 95, 5, right, 2)

			high := drawn(t, asJPEG(t, quadrants(200, 400)), sized(100, 100, transform.Cover, focus))
			wantSize(t, high, 100, 100)
			above, below := [3]color.NRGBA{red, red, blue}[at.Y], [3]color.NRGBA{red, blue, blue}[at.Y]
			wantColor(t, high, 5, 5, above, 5)
			wantColor(t, high, 5, 95, below, 5)
		})
	}
}

func TestCropPlace(t *testing.T) {
	n := transform.Num
	originals := map[string][]byte{
		"png":  asPNG(t, coordinates(200, 100)),
		"webp": asWebP(t, coordinates(200, 100)),
		"tiff": asTIFF(coordinates(200, 100)),
	}
	tests := []struct {
		name   string
		resize transform.Resize
		want   image.Rectangle
	}{
		{"x y", transform.Resize{X: n(30), Y: n(40)}, image.Rect(30, 40, 80, 60)},
		{"x", transform.Resize{X: n(30)}, image.Rect(30, 40, 80, 60)},
		{"y", transform.Resize{Y: n(0)}, image.Rect(75, 0, 125, 20)},
		{"corner", transform.Resize{X: n(0), Y: n(0)}, image.Rect(0, 0, 50, 20)},
		{"sticking out", transform.Resize{X: n(180), Y: n(95)}, image.Rect(180, 95, 200, 100)},
		{"last pixel", transform.Resize{X: n(199), Y: n(99)}, image.Rect(199, 99, 200, 100)},
		{"xc yc", transform.Resize{CenterX: n(100), CenterY: n(20)}, image.Rect(75, 10, 125, 30)},
		{"xc, y over focus", transform.Resize{CenterX: n(25), Y: n(7), Focus: transform.FocusBottomRight}, image.Rect(0, 7, 50, 27)},
		{"x and focus", transform.Resize{X: n(1), Focus: transform.FocusBottomRight}, image.Rect(1, 80, 51, 100)},
	}
	for _, test := range tests {
		for format, original := range originals {
			t.Run(test.name+"/"+format, func(t *testing.T) {
				z := test.resize
				z.Width, z.Height, z.Fit = transform.Px(50), transform.Px(20), transform.Crop
				i := drawn(t, original, transform.Step{Resize: z})
				wantSize(t, i, test.want.Dx(), test.want.Dy())
				first, last := test.want.Min, test.want.Max.Sub(image.Pt(1, 1))
				wantColor(t, i, 0, 0, color.NRGBA{uint8(first.X), uint8(first.Y), 99, 255}, 0)
				wantColor(t, i, test.want.Dx()-1, test.want.Dy()-1, color.NRGBA{uint8(last.X), uint8(last.Y), 99, 255}, 0)
			})
		}
	}
}

func TestCropOutside(t *testing.T) {
	original := asPNG(t, coordinates(200, 100))
	for _, z := range []transform.Resize{
		{X: transform.Num(200)}, {Y: transform.Num(100)}, {X: transform.Num(-1)},
		{CenterX: transform.Num(24)}, {CenterY: transform.Num(95)},
	} {
		z.Width, z.Height, z.Fit = transform.Px(50), transform.Px(20), transform.Crop
		failure(t, newJob(original, transform.Output{}, transform.Step{Resize: z}), errors.BadTransform)
	}
}

// The one thing to see is what draws attention.
func TestCropAuto(t *testing.T) {
	for _, x := range []int{20, 330} {
		original := asPNG(t, box(400, 100, gray, red, image.Rect(x, 30, x+50, 70)))
		i := drawn(t, original, sized(100, 100, transform.Cover, transform.FocusAuto))
		wantSize(t, i, 100, 100)
		count := 0
		for y := range 100 {
			for x := range 100 {
				if distance(i.NRGBAAt(x, y), red) < 5 {
					count++
				}
			}
		}
		if count < 50*40 {
			t.Errorf("%d pixels of the box at %d are in the crop, want all %d", count, x, 50*40)
		}
	}
}

// A crop has the point in its middle, as far as the edges allow, whichever way the
// file is read: as it is, at a smaller size, drawn, or turned.
func TestCropPoint(t *testing.T) {
	pointed := func(w, h int, fit transform.Fit, x, y float64) transform.Step {
		s := sized(w, h, fit, transform.FocusPoint)
		s.Resize.PointX, s.Resize.PointY = transform.Num(x), transform.Num(y)
		return s
	}
	for format, original := range map[string][]byte{"png": asPNG(t, coordinates(200, 100)), "webp": asWebP(t, coordinates(200, 100)), "tiff": asTIFF(coordinates(200, 100))} {
		for _, tt := range []struct {
			x, y float64
			want image.Point
		}{
			{0.5, 0.5, image.Pt(75, 40)}, {0.25, 0.7, image.Pt(25, 60)}, // around (50, 70)
			{0, 1, image.Pt(0, 80)}, {1, 0, image.Pt(150, 0)}, {0.9, 0.05, image.Pt(150, 0)},
		} {
			t.Run(fmt.Sprint(format, tt), func(t *testing.T) {
				i := drawn(t, original, pointed(50, 20, transform.Crop, tt.x, tt.y))
				wantSize(t, i, 50, 20)
				wantColor(t, i, 0, 0, color.NRGBA{uint8(tt.want.X), uint8(tt.want.Y), 99, 255}, 0)
				wantColor(t, i, 49, 19, color.NRGBA{uint8(tt.want.X + 49), uint8(tt.want.Y + 19), 99, 255}, 0)
			})
		}
	}
	// Of 800 by 200 that become 200 by 50, the 50 around a quarter of the width are the
	// stripe from 25 to 75: of the original, 100 to 300.
	stripe := box(800, 200, gray, red, image.Rect(100, 0, 300, 200))
	svg := []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="800" height="200"><rect width="800" height="200" fill="#787878"/><rect x="100" width="200" height="200" fill="#dc2828"/></svg>`)
	for name, original := range map[string][]byte{
		"shrunk JPEG": asJPEG(t, stripe), "shrunk WebP": asWebP(t, stripe), "drawn": svg,
		"turned": oriented(asJPEG(t, stored(stripe, 6)), 6), "mirrored": oriented(asJPEG(t, stored(stripe, 2)), 2),
	} {
		t.Run(name, func(t *testing.T) {
			i := drawn(t, original, pointed(50, 50, transform.Cover, 0.25, 0.9))
			for _, x := range []int{2, 25, 47} {
				wantColor(t, i, x, 25, red, 6)
			}
			i = drawn(t, original, pointed(50, 50, transform.Cover, 0.5, 0.9)) // 75 to 125
			wantColor(t, i, 3, 25, gray, 6)
		})
	}
}

// What is marked in the file goes along with a crop around a point.
func TestCropPointCarriesArea(t *testing.T) {
	area := transform.Rect{Point: transform.Point{X: 120, Y: 40}, Size: transform.Size{Width: 10, Height: 20}}
	around := sized(100, 50, transform.Crop, transform.FocusPoint) // from (80, 25)
	around.Resize.PointX, around.Resize.PointY = transform.Num(0.65), transform.Num(0.5)
	i := decode(t, result(t, focused(asPNG(t, coordinates(200, 100)), area, around, sized(20, 10, transform.Crop, transform.FocusArea))).Body)
	wantColor(t, i, 0, 0, color.NRGBA{115, 45, 99, 255}, 0)
	wantColor(t, i, 19, 9, color.NRGBA{134, 54, 99, 255}, 0)
}
