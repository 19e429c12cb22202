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

// radii returns those of the corners, clockwise from the top left.
func radii(r ...float64) transform.Corners {
	n := func(i int) transform.Radius { return transform.Radius{Px: transform.Num(r[i%len(r)])} }
	return transform.Corners{TopLeft: n(0), TopRight: n(1), BottomRight: n(2), BottomLeft: n(3)}
}

var roundest = func() transform.Corners {
	m := transform.Radius{Max: true}
	return transform.Corners{TopLeft: m, TopRight: m, BottomRight: m, BottomLeft: m}
}()

// inRounded returns how deep the middle of a pixel lies in a rounded
// rectangle, in pixels; negative outside. An ellipse is measured along the
// ray from its centre, which is near enough at its edge.
func inRounded(r image.Rectangle, rx, ry [4]float64, x, y int) float64 {
	px, py := float64(x)+.5, float64(y)+.5
	left, top := px-float64(r.Min.X), py-float64(r.Min.Y)
	right, below := float64(r.Max.X)-px, float64(r.Max.Y)-py
	deep := min(left, top, right, below)
	for n, c := range [4][2]float64{{left, top}, {right, top}, {right, below}, {left, below}} {
		if c[0] < rx[n] && c[1] < ry[n] {
			dx, dy := rx[n]-c[0], ry[n]-c[1]
			far := math.Hypot(dx, dy)
			edge := far / math.Hypot(dx/rx[n], dy/ry[n])
			deep = min(deep, edge-far)
		}
	}
	return deep
}

func TestCorners(t *testing.T) {
	same := func(v float64) [4]float64 { return [4]float64{v, v, v, v} }
	tests := []struct {
		corners transform.Corners
		rx, ry  [4]float64
	}{
		{radii(20), same(20), same(20)},
		{radii(2), same(2), same(2)},
		{radii(10, 0, 30, 5), [4]float64{10, 0, 30, 5}, [4]float64{10, 0, 30, 5}},
		{transform.Corners{TopRight: transform.Radius{Px: transform.Num(25)}}, [4]float64{0, 25, 0, 0}, [4]float64{0, 25, 0, 0}},
		{roundest, same(60), same(40)},
		// Two that do not fit on a side shrink until they do, and all with them.
		{radii(1000), same(40), same(40)},
		{radii(80, 80, 0, 0), [4]float64{60, 60, 0, 0}, [4]float64{60, 60, 0, 0}},
	}
	for n, test := range tests {
		for format, original := range map[string][]byte{"png": asPNG(t, solid(120, 80, red)), "webp": asWebP(t, solid(120, 80, red))} {
			t.Run(fmt.Sprint(n, format), func(t *testing.T) {
				i := drawn(t, original, transform.Step{Corners: test.corners})
				wantSize(t, i, 120, 80)
				for y := range 80 {
					for x := range 120 {
						switch deep := inRounded(image.Rect(0, 0, 120, 80), test.rx, test.ry, x, y); {
						case deep > 1.2 || deep == .5: // an edge that is straight is sharp
							wantColor(t, i, x, y, red, 0)
						case deep < -1.2:
							wantColor(t, i, x, y, clear, 0)
						}
					}
				}
				wantVisible(t, i, red, 0)
			})
		}
	}
}

// The corners of an image that is transparent already stay what they were,
// where they are not cut off.
func TestCornersTransparent(t *testing.T) {
	half := color.NRGBA{220, 40, 40, 128}
	i := drawn(t, asPNG(t, box(60, 60, clear, half, image.Rect(0, 0, 60, 30))), transform.Step{Corners: radii(20)})
	wantColor(t, i, 0, 0, clear, 0)
	wantColor(t, i, 30, 10, half, 0)
	wantColor(t, i, 30, 50, clear, 0)
}

func TestCornersInFormats(t *testing.T) {
	original := asJPEG(t, solid(60, 60, red))
	for format, outside := range map[transform.Format]color.NRGBA{
		transform.PNG: clear, transform.WebP: clear, transform.AVIF: clear, transform.GIF: clear, transform.JPEG: white,
	} {
		i := written(t, original, transform.Output{Format: format, Quality: 90}, transform.Step{Corners: radii(20)})
		wantColor(t, i, 0, 0, outside, 12)
		wantColor(t, i, 30, 30, red, 6)
		i = written(t, original, transform.Output{Format: format, Quality: 90}, withBackground(transform.Step{Corners: radii(20)}, blue))
		wantColor(t, i, 0, 0, blue, 8)
		wantColor(t, i, 30, 30, red, 6)
	}
}

func bordered(width float64, c color.NRGBA, corners transform.Corners) transform.Step {
	return transform.Step{Border: transform.Border{Width: transform.Num(width), Color: ink(c)}, Corners: corners}
}

func TestBorder(t *testing.T) {
	half := color.NRGBA{40, 60, 200, 128}
	for _, c := range []color.NRGBA{blue, half} {
		i := drawn(t, asPNG(t, solid(40, 20, red)), bordered(5, c, transform.Corners{}))
		wantLike(t, i, box(50, 30, c, red, image.Rect(5, 5, 45, 25)), 0)
	}
	// What can be seen through the image is not the border.
	seen := box(40, 20, clear, red, image.Rect(0, 0, 20, 20))
	want := paint(50, 30, func(x, y int) color.NRGBA {
		if (image.Point{X: x, Y: y}).In(image.Rect(5, 5, 45, 25)) {
			return seen.NRGBAAt(x-5, y-5)
		}
		return blue
	})
	wantLike(t, drawn(t, asPNG(t, seen), bordered(5, blue, transform.Corners{})), want, 0)

	step := sized(80, 0, transform.Cover, 0)
	step.Border = bordered(10, blue, transform.Corners{}).Border
	i := drawn(t, asPNG(t, solid(40, 20, red)), step)
	wantLike(t, i, box(100, 60, blue, red, image.Rect(10, 10, 90, 50)), 1)
}

// Under rounded corners the border is equally wide all around: its inner edge
// has a radius that is smaller by its width.
func TestBorderRounded(t *testing.T) {
	half := color.NRGBA{40, 60, 200, 128}
	same := func(v float64) [4]float64 { return [4]float64{v, v, v, v} }
	tests := []struct {
		corners              transform.Corners
		outX, outY, inX, inY [4]float64
	}{
		{radii(30), same(30), same(30), same(20), same(20)},
		{radii(6), same(6), same(6), same(0), same(0)},
		{radii(30, 0, 40, 0), [4]float64{30, 0, 40, 0}, [4]float64{30, 0, 40, 0}, [4]float64{20, 0, 30, 0}, [4]float64{20, 0, 30, 0}},
		{roundest, same(60), same(50), same(50), same(40)},
	}
	for n, test := range tests {
		for _, c := range []color.NRGBA{blue, half} {
			for _, inside := range []color.NRGBA{red, {220, 40, 40, 100}, clear} {
				t.Run(fmt.Sprint(n, c.A, inside.A), func(t *testing.T) {
					i := drawn(t, asPNG(t, solid(100, 80, inside)), bordered(10, c, test.corners))
					wantSize(t, i, 120, 100)
					for y := range 100 {
						for x := range 120 {
							outer := inRounded(image.Rect(0, 0, 120, 100), test.outX, test.outY, x, y)
							inner := inRounded(image.Rect(10, 10, 110, 90), test.inX, test.inY, x, y)
							switch {
							case outer < -.8:
								wantColor(t, i, x, y, clear, 0)
							case outer > .8 && inner < -.8:
								wantColor(t, i, x, y, c, 0)
							case inner > .8:
								wantColor(t, i, x, y, inside, 0)
							}
							if t.Failed() {
								return
							}
						}
					}
				})
			}
		}
	}
}

func TestOpacity(t *testing.T) {
	half := color.NRGBA{220, 40, 40, 128}
	for _, test := range []struct {
		percent  float64
		original color.NRGBA
		want     uint8
	}{{100, red, 255}, {50, red, 128}, {10, red, 26}, {1, red, 3}, {0, red, 0}, {50, half, 64}, {25, half, 32}} {
		step := transform.Step{Opacity: transform.Num(test.percent)}
		want := test.original
		want.A = test.want
		wantEverywhere(t, drawn(t, asPNG(t, solid(10, 10, test.original)), step), want, 0)

		// A background is blended in, as a whole (ImageKit: "alpha in bg ignored").
		mix := func(a, b uint8) uint8 {
			return uint8((float64(a)*float64(test.want) + float64(b)*float64(255-test.want)) / 255)
		}
		bg := blue
		if bg.A = 100; test.want == 255 {
			bg.A = 255
		}
		step = withBackground(step, bg)
		mixed := color.NRGBA{mix(red.R, blue.R), mix(red.G, blue.G), mix(red.B, blue.B), 255}
		wantEverywhere(t, drawn(t, asPNG(t, solid(10, 10, test.original)), step), mixed, 2)
	}
	// The border fades with the image.
	step := bordered(5, blue, transform.Corners{})
	step.Opacity = transform.Num(50)
	i := drawn(t, asPNG(t, solid(10, 10, red)), step)
	wantColor(t, i, 0, 0, color.NRGBA{40, 60, 200, 128}, 0)
	wantColor(t, i, 10, 10, half, 0)
}
