//go:build cgo

package draw_test

import (
	"image"
	"image/color"
	"math"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

func bent(degrees float64) transform.Distort {
	return transform.Distort{Kind: transform.Arc, Arc: degrees}
}

func seenAs(corners ...int) transform.Distort {
	d := transform.Distort{Kind: transform.Perspective}
	for n := range d.Quad {
		d.Quad[n] = transform.Point{X: corners[2*n], Y: corners[2*n+1]}
	}
	return d
}

var skewed = seenAs(-3, 2, 30, 0, 25, 20, 0, 15)

func distorted(t *testing.T, i image.Image, d transform.Distort) *image.NRGBA {
	t.Helper()
	return drawn(t, asPNG(t, i), transform.Step{Distort: d})
}

// The corners where they are is the image as it is; corners moved alike move
// it.
func TestPerspectiveMoves(t *testing.T) {
	i := quadrants(40, 20)
	wantLike(t, distorted(t, i, seenAs(0, 0, 40, 0, 40, 20, 0, 20)), i, 1)

	right := distorted(t, i, seenAs(10, 5, 50, 5, 50, 25, 10, 25))
	want := paint(50, 25, func(x, y int) color.NRGBA { return i.NRGBAAt(x-10, y-5) })
	wantLike(t, right, want, 1)

	left := distorted(t, i, seenAs(-10, -5, 30, -5, 30, 15, -10, 15))
	want = paint(50, 25, func(x, y int) color.NRGBA { return i.NRGBAAt(x, y) })
	wantLike(t, left, want, 1)

	mirrored := distorted(t, i, seenAs(40, 0, 0, 0, 0, 20, 40, 20))
	wantLike(t, mirrored, paint(40, 20, func(x, y int) color.NRGBA { return i.NRGBAAt(39-x, y) }), 1)
}

// Straight lines stay straight, and the middle of the image lies where its
// diagonals cross.
func TestPerspective(t *testing.T) {
	const w, h = 200, 100
	i := distorted(t, quadrants(w, h), seenAs(50, 0, 150, 0, 200, 100, 0, 100))
	wantSize(t, i, w, h)
	// Outside of the trapezium there is nothing.
	wantColor(t, i, 20, 20, clear, 0)
	wantColor(t, i, 180, 20, clear, 0)
	// Its diagonals, (50, 0)-(200, 100) and (150, 0)-(0, 100), cross at y = 33.3.
	wantColor(t, i, 90, 30, red, 1)
	wantColor(t, i, 110, 30, green, 1)
	wantColor(t, i, 90, 37, blue, 1)
	wantColor(t, i, 110, 37, yellow, 1)
	wantColor(t, i, 4, 97, blue, 1)
	wantColor(t, i, 196, 97, yellow, 1)
	// Its edge, through (25, 50), is half transparent on one pixel of a row.
	row := 0
	for x := range w / 2 {
		if a := i.NRGBAAt(x, 50).A; a > 20 && a < 235 {
			row++
		}
	}
	if row < 1 || row > 3 {
		t.Errorf("the edge has %d pixels that are half transparent", row)
	}
}

// An image that gets much smaller is averaged, and not picked from.
func TestPerspectiveShrinks(t *testing.T) {
	stripes := paint(400, 400, func(x, y int) color.NRGBA {
		if (x+y)%2 == 0 {
			return black
		}
		return white
	})
	i := distorted(t, stripes, seenAs(10, 10, 50, 10, 50, 50, 10, 50))
	for y := 15; y < 45; y++ {
		for x := 15; x < 45; x++ {
			wantColor(t, i, x, y, tone(128), 6)
		}
	}
}

// The colour of what is transparent does not show at the edge of what is not.
func TestDistortTransparent(t *testing.T) {
	half := color.NRGBA{255, 0, 0, 128}
	i := distorted(t, box(60, 60, color.NRGBA{0, 255, 0, 0}, half, image.Rect(20, 20, 40, 40)), seenAs(5, 0, 55, 3, 60, 60, 0, 55))
	for y := range 60 {
		for x := range 60 {
			if c := i.NRGBAAt(x, y); c.A > 8 && (c.G > 40 || c.A > 160) {
				t.Fatalf("(%d, %d) is %v", x, y, c)
			}
		}
	}
}

// The upper edge of a bent image lies on the outer circle, its lower one on
// the inner; bent down it is the other way round.
func TestArc(t *testing.T) {
	const w, h = 314, 40 // half a circle of radius 100
	stripes := paint(w, h, func(x, y int) color.NRGBA {
		switch {
		case y < h/2 && x < w/2:
			return red
		case y < h/2:
			return green
		case x < w/2:
			return blue
		}
		return yellow
	})
	check := func(i *image.NRGBA, up bool) {
		t.Helper()
		wantSize(t, i, 240, 120)
		at := func(radius, degrees float64) (x, y int) { // clockwise from the middle
			sin, cos := math.Sincos(degrees * math.Pi / 180)
			if up {
				return int(120 + radius*sin), int(120 - radius*cos)
			}
			return int(120 + radius*sin), int(radius * cos)
		}
		outerLeft, outerRight, innerLeft, innerRight := red, green, blue, yellow
		if !up {
			outerLeft, outerRight, innerLeft, innerRight = blue, yellow, red, green
		}
		for _, degrees := range []float64{5, 45, 85} {
			for radius, colours := range map[float64][2]color.NRGBA{
				115: {outerLeft, outerRight}, 104: {outerLeft, outerRight},
				96: {innerLeft, innerRight}, 84: {innerLeft, innerRight},
				126: {}, 74: {},
			} {
				x, y := at(radius, -degrees)
				if image.Pt(x, y).In(i.Bounds()) {
					wantColor(t, i, x, y, colours[0], 2)
				}
				x, y = at(radius, degrees)
				if image.Pt(x, y).In(i.Bounds()) {
					wantColor(t, i, x, y, colours[1], 2)
				}
			}
		}
	}
	check(distorted(t, stripes, bent(180)), true)
	check(distorted(t, stripes, bent(-180)), false)
	ring := distorted(t, stripes, bent(360))
	wantColor(t, ring, ring.Bounds().Dx()/2, ring.Bounds().Dy()/2, clear, 0)
}

func TestDistortAnimation(t *testing.T) {
	body := result(t, newJob(asGIF(t, solids(40, 20)...), transform.Output{Format: transform.WebP, Lossless: true}, transform.Step{Distort: seenAs(10, 0, 30, 0, 40, 20, 0, 20)})).Body
	for n, frame := range framesOf(t, body, len(frameColors)) {
		wantColor(t, frame, 20, 10, frameColors[n], 2)
		wantColor(t, frame, 1, 1, clear, 0)
	}
}
