//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// distort bends the picture. What its canvas shows around it is transparent.
func distort(p *picture, r transform.Recipe) error {
	if r.Distort.Kind == transform.NoDistort {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	full := p.facts.Size
	small := unbent(r.Distort, full)
	origins, err := p.origins(r.Distort, full, small)
	if err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		frame, err := withAlpha(frame)
		if err != nil {
			return nil, err
		}
		if small != full {
			if frame, err = shrink(frame, small); err != nil {
				return nil, err
			}
		}
		// With transparency around it, the edge of the picture is interpolated
		// like all else in it, and not jagged.
		frame, err = frame.Embed(edge, edge, small.Width+2*edge, small.Height+2*edge, vips.ExtendBlack, nil)
		if err != nil {
			return nil, err
		}
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
			return i.Mapim(origins, ink(transform.Color{}, true))
		})
	})
}

// edge is the transparent room around a picture that is bent, in pixels.
const edge = 2

// unbent is the size that a picture is scaled to before it is bent: where it will
// be smaller, picking single pixels would leave most of them out.
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

// origins is where each pixel of a bent picture comes from: two bands, x and y, in
// pixels of the small picture with its edge. Places outside are those of the edge.
func (p *picture) origins(d transform.Distort, full, small transform.Size) (*vips.Image, error) {
	left, top, canvas := d.Canvas(full)
	places, err := p.scope.XYZ(canvas.Width, canvas.Height)
	if err != nil {
		return nil, err
	}
	places, err = places.Linear([]float64{1, 1}, []float64{left + 0.5, top + 0.5}, false) // the middles of pixels
	if err != nil {
		return nil, err
	}
	var parts *vips.Image // of the picture's width and height
	if d.Kind == transform.Perspective {
		parts, err = p.unproject(places, d.Quad)
	} else {
		parts, err = unroll(places, d.Bend(full))
	}
	if err != nil {
		return nil, err
	}
	w, h := float64(small.Width), float64(small.Height)
	origins, err := parts.Linear([]float64{w, h}, []float64{edge - 0.5, edge - 0.5}, false)
	if err != nil {
		return nil, err
	}
	if origins, err = p.bound(origins, vips.RelationalLess, 0, 0); err != nil {
		return nil, err
	}
	return p.bound(origins, vips.RelationalMore, w+2*edge-1, h+2*edge-1)
}

// bound puts what is beyond a place onto it.
func (p *picture) bound(places *vips.Image, beyond vips.Relational, x, y float64) (*vips.Image, error) {
	outside, err := places.RelationalConst(beyond, x, y)
	if err != nil {
		return nil, err
	}
	end, err := places.Linear([]float64{0, 0}, []float64{x, y}, false)
	if err != nil {
		return nil, err
	}
	return outside.Ifthenelse(end, places, false)
}

// unproject maps places in a quadrilateral back to the picture that is seen there
// in perspective, as parts of its width and height.
func (p *picture) unproject(places *vips.Image, q transform.Quad) (*vips.Image, error) {
	m := invert(projection(q))
	matrix, err := p.scope.NewMatrix(2, m[0], m[1], m[3], m[4], m[6], m[7])
	if err != nil {
		return nil, err
	}
	lines, err := through(places,
		func(i *vips.Image) (*vips.Image, error) { return i.Recomb(matrix) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{1, 1, 1}, []float64{m[2], m[5], m[8]}, false)
		},
	)
	if err != nil {
		return nil, err
	}
	depth, err := lines.ExtractBand(2, 1)
	if err != nil {
		return nil, err
	}
	return through(lines,
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(0, 2) },
		func(i *vips.Image) (*vips.Image, error) { return i.Divide(depth) },
	)
}

// matrix is of three rows and columns, row by row.
type matrix [9]float64

// projection maps the corners of the unit square, clockwise from (0, 0), to those
// of a quadrilateral (Heckbert, "Fundamentals of Texture Mapping and Image
// Warping", 1989, section 2.2.3). Its last row is 0, 0, 1 for a parallelogram.
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

// invert is the inverse but for a factor, of which a projection does not depend.
func invert(m matrix) matrix {
	minor := func(a, b, c, d int) float64 { return m[a]*m[d] - m[b]*m[c] }
	return matrix{
		minor(4, 5, 7, 8), minor(2, 1, 8, 7), minor(1, 2, 4, 5),
		minor(5, 3, 8, 6), minor(0, 2, 6, 8), minor(2, 0, 5, 3),
		minor(3, 4, 6, 7), minor(1, 0, 7, 6), minor(0, 1, 3, 4),
	}
}

// unroll maps places around the centre of a bend back to the picture that is laid
// along it, as parts of its width and height.
func unroll(places *vips.Image, b transform.Bend) (*vips.Image, error) {
	x, err := places.ExtractBand(0, 1)
	if err != nil {
		return nil, err
	}
	y, err := places.ExtractBand(1, 1)
	if err != nil {
		return nil, err
	}
	mirror, top, row := 1.0, b.Outer, -1/(b.Outer-b.Inner)
	if b.Down {
		mirror, top, row = -1, b.Inner, -row
	}
	// The angle from where the ends of a ring meet, clockwise, 0 to 360.
	left, err := x.Linear([]float64{-1}, []float64{0}, false)
	if err != nil {
		return nil, err
	}
	below, err := y.Linear([]float64{mirror}, []float64{0}, false)
	if err != nil {
		return nil, err
	}
	perDegree := math.Pi / 180 / (2 * b.Half)
	across, err := through(left,
		func(i *vips.Image) (*vips.Image, error) { return i.Atan2(below) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{perDegree}, []float64{0.5 - 180*perDegree}, false)
		},
	)
	if err != nil {
		return nil, err
	}
	yy, err := y.Multiply(y)
	if err != nil {
		return nil, err
	}
	down, err := through(x,
		x.Multiply,
		yy.Add,
		func(i *vips.Image) (*vips.Image, error) { return i.Power(0.5) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{row}, []float64{-row * top}, false)
		},
	)
	if err != nil {
		return nil, err
	}
	return across.Bandjoin(down)
}
