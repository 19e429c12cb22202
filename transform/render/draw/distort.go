//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// distort distorts the image. The rest of its canvas is transparent.
func distort(p *picture, r transform.Recipe) error {
	if r.Distort.Kind == transform.NoDistort {
		return nil
	}
	full := p.facts.Size
	small := unbent(r.Distort, full)
	left, top, canvas := r.Distort.Canvas(full)
	warp := warpOf(r.Distort, full)
	return p.atOnce(func(frame *vips.Image) (*vips.Image, error) {
		var err error
		if small != full {
			if frame, err = shrink(frame, small); err != nil {
				return nil, err
			}
		}
		return frame.Warp(canvas.Width, canvas.Height, left, top, warp)
	})
}

// warpOf maps positions on the canvas back to the image.
func warpOf(d transform.Distort, s transform.Size) vips.Warp {
	if d.Kind == transform.Perspective {
		return vips.Warp{Matrix: invert(projection(d.Quad))}
	}
	b := d.Bend(s)
	ring := vips.Ring{Half: b.Half, Edge: b.Outer, Slope: -1 / (b.Outer - b.Inner), Down: b.Down}
	if b.Down {
		ring.Edge, ring.Slope = b.Inner, -ring.Slope
	}
	return vips.Warp{Ring: &ring}
}

// unbent returns the size that an image is scaled to before it is bent: where
// it gets smaller, sampling single pixels would skip most of them.
func unbent(d transform.Distort, s transform.Size) transform.Size {
	if d.Kind != transform.Perspective {
		return s
	}
	side := func(a, b transform.Point) float64 { return math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) }
	across := max(side(d.Quad[0], d.Quad[1]), side(d.Quad[3], d.Quad[2]))
	down := max(side(d.Quad[0], d.Quad[3]), side(d.Quad[1], d.Quad[2]))
	return transform.Size{
		Width:  min(s.Width, max(1, int(math.Ceil(across)))),
		Height: min(s.Height, max(1, int(math.Ceil(down)))),
	}
}

func shrink(image *vips.Image, to transform.Size) (*vips.Image, error) {
	return through(image,
		func(i *vips.Image) (*vips.Image, error) {
			return premultiplied(i, func(i *vips.Image) (*vips.Image, error) {
				return i.Resize(
					float64(to.Width)/float64(i.Width()),
					float64(to.Height)/float64(i.Height()),
					vips.KernelLanczos3,
				)
			})
		},
		(*vips.Image).CopyMemory,
	)
}

// matrix is a 3x3 matrix in rows.
type matrix [9]float64

// projection maps the corners of the unit square, clockwise from (0, 0), to
// those of a quadrilateral (Heckbert, "Fundamentals of Texture Mapping and
// Image Warping", 1989, section 2.2.3). Its last row is 0, 0, 1 for a
// parallelogram.
func projection(q transform.Quad) matrix {
	x := func(i int) float64 { return float64(q[i].X) }
	y := func(i int) float64 { return float64(q[i].Y) }
	dx1, dx2, sx := x(1)-x(2), x(3)-x(2), x(0)-x(1)+x(2)-x(3)
	dy1, dy2, sy := y(1)-y(2), y(3)-y(2), y(0)-y(1)+y(2)-y(3)
	area := dx1*dy2 - dx2*dy1
	g, h := (sx*dy2-dx2*sy)/area, (dx1*sy-sx*dy1)/area
	return matrix{
		x(1) - x(0) + g*x(1), x(3) - x(0) + h*x(3), x(0),
		y(1) - y(0) + g*y(1), y(3) - y(0) + h*y(3), y(0),
		g, h, 1,
	}
}

// invert returns the inverse up to a factor, which does not affect a
// projection.
func invert(m matrix) matrix {
	minor := func(a, b, c, d int) float64 { return m[a]*m[d] - m[b]*m[c] }
	return matrix{
		minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5),
		minor(5, 3, 8, 6), minor(0, 2, 6, 8), minor(2, 0, 5, 3),
		minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4),
	}
}
