package main

import (
	"image"
	"image/color"
	"math"
)

// canvas is what the flat pictures are drawn on. Shapes are signed distances in pixels, negative inside, which gives
// smooth edges for free.
type canvas struct{ *image.NRGBA }

func newCanvas(w, h int) canvas { return canvas{image.NewNRGBA(image.Rect(0, 0, w, h))} }

// fill paints a shape; paint gives colour and opacity of a point. Squares that are surely outside are not looked at
// pixel by pixel; "surely" leaves room for shapes whose distance is only roughly one.
func (c canvas) fill(shape func(x, y float64) float64, paint func(x, y float64) (light, float64)) {
	const tile = 32
	b := c.Bounds()
	eachRow((b.Dy()+tile-1)/tile, func(row int) {
		for left := 0; left < b.Dx(); left += tile {
			if shape(float64(left+tile/2), float64(row*tile+tile/2)) > 3*tile {
				continue
			}
			for y := row * tile; y < min(b.Dy(), (row+1)*tile); y++ {
				for x := left; x < min(b.Dx(), left+tile); x++ {
					px, py := float64(x)+0.5, float64(y)+0.5
					if cover := clamp01(0.5 - shape(px, py)); cover > 0 {
						ink, opacity := paint(px, py)
						c.blend(x, y, ink, cover*opacity)
					}
				}
			}
		}
	})
}

// blend lays ink over a pixel that may be transparent itself.
func (c canvas) blend(x, y int, ink light, opacity float64) {
	old := c.NRGBAAt(x, y)
	under := float64(old.A) / 255 * (1 - opacity)
	total := opacity + under
	if total == 0 {
		return
	}
	channel := func(old uint8, ink float64) uint8 {
		v := (linear[old]*under + ink*opacity) / total
		return uint8(math.Pow(clamp01(v), 1/2.2)*255 + 0.5)
	}
	c.SetNRGBA(x, y, color.NRGBA{channel(old.R, ink.r), channel(old.G, ink.g), channel(old.B, ink.b), uint8(total*255 + 0.5)})
}

func solid(rgb uint32) func(x, y float64) (light, float64) {
	ink := hex(rgb)
	return func(x, y float64) (light, float64) { return ink, 1 }
}

func disc(cx, cy, r float64) func(x, y float64) float64 {
	return func(x, y float64) float64 { return math.Hypot(x-cx, y-cy) - r }
}

// box is a rectangle with round corners.
func box(x0, y0, x1, y1, round float64) func(x, y float64) float64 {
	cx, cy, hw, hh := (x0+x1)/2, (y0+y1)/2, (x1-x0)/2-round, (y1-y0)/2-round
	return func(x, y float64) float64 {
		dx, dy := math.Abs(x-cx)-hw, math.Abs(y-cy)-hh
		return math.Hypot(math.Max(dx, 0), math.Max(dy, 0)) + math.Min(0, math.Max(dx, dy)) - round
	}
}

// stroke is a line of the given width around through points.
func stroke(width float64, points ...[2]float64) func(x, y float64) float64 {
	return func(x, y float64) float64 {
		near := math.Inf(1)
		for i := 1; i < len(points); i++ {
			a, b := points[i-1], points[i]
			dx, dy := b[0]-a[0], b[1]-a[1]
			t := clamp01(((x-a[0])*dx + (y-a[1])*dy) / (dx*dx + dy*dy))
			near = math.Min(near, math.Hypot(x-a[0]-t*dx, y-a[1]-t*dy))
		}
		return near - width/2
	}
}
