package transform

import "math"

// Distort distorts the image. The zero value does nothing.
type Distort struct {
	Kind DistortKind

	// Quad is the position of the image's corners after a Perspective,
	// clockwise from the top left, in pixels of the image. It is a convex
	// quadrilateral.
	Quad Quad

	// Arc is the angle, in degrees, of the arc that the image is bent into,
	// up to 360, a ring. If positive the ends bend down; if negative, up.
	Arc float64
}

// DistortKind is a kind of distortion.
type DistortKind uint8

// The kinds.
const (
	NoDistort DistortKind = iota
	Perspective
	Arc
)

// Quad is four corners, clockwise from the top left.
type Quad [4]Point

// IsConvex reports whether the corners, in order, form a convex quadrilateral
// with an area. Only such a shape can appear in perspective.
func (q Quad) IsConvex() bool {
	left, right := 0, 0
	for i := range q {
		a, b, c := q[i], q[(i+1)%4], q[(i+2)%4]
		turn := int64(b.X-a.X)*int64(c.Y-b.Y) - int64(b.Y-a.Y)*int64(c.X-b.X)
		if turn > 0 {
			right++
		} else if turn < 0 {
			left++
		}
	}
	return left == 4 || right == 4
}

// leastArc is the smallest angle, in degrees, that has an effect. A smaller
// one moves no pixel of an image 4000 pixels wide by a whole pixel (width
// times angle, in radians, over eight), and its circle is too large for exact
// positions.
const leastArc = 0.1

func (d Distort) canonical() Distort {
	switch {
	case d.Kind == Perspective && d.Quad.IsConvex():
		return Distort{Kind: Perspective, Quad: d.Quad}
	case d.Kind == Arc && math.Abs(d.Arc) >= leastArc:
		return Distort{Kind: Arc, Arc: max(-360, min(d.Arc, 360))}
	}
	return Distort{}
}

func (d Distort) write(k *keyWriter) {
	switch d.Kind {
	case Perspective:
		for _, p := range d.Quad {
			k.number("quad", Num(float64(p.X)))
			k.number("", Num(float64(p.Y)))
		}
	case Arc:
		k.number("arc", Num(d.Arc))
	}
}

// Canvas returns the canvas for a distorted image of the size, and the
// position of its top left corner: for a perspective in pixels of the image,
// for an arc relative to the centre of its circles, with y downwards. For a
// perspective the canvas is the image's, extended to corners outside; for an
// arc it is the smallest that fits.
func (d Distort) Canvas(s Size) (left, top float64, canvas Size) {
	switch d.Kind {
	case Perspective:
		box := Rect{Size: s}
		right, bottom := s.Width, s.Height
		for _, p := range d.Quad {
			box.X, right = min(box.X, p.X), max(right, p.X)
			box.Y, bottom = min(box.Y, p.Y), max(bottom, p.Y)
		}
		return float64(box.X), float64(box.Y), Size{right - box.X, bottom - box.Y}
	case Arc:
		return d.Bend(s).canvas()
	}
	return 0, 0, s
}

// Bend is the ring, or the part of one, along which an image's rows are laid.
type Bend struct {
	Outer, Inner float64 // radii of the image's upper and lower edge, pixels
	Half         float64 // the angle from the middle to an end, radians
	Down         bool    // bent downwards: everything is upside down
}

// Bend returns the arc for an image of the size. The middle row keeps its
// length, unless the lower edge would then turn inside out; in that case the
// rows are stretched.
func (d Distort) Bend(s Size) Bend {
	half := math.Abs(d.Arc) * math.Pi / 360
	h := float64(s.Height)
	middle := max(float64(s.Width)/(2*half), h/2)
	return Bend{Outer: min(middle+h/2, farthest), Inner: min(middle-h/2, farthest), Half: half, Down: d.Arc < 0}
}

// canvas returns the smallest canvas for the bend, and the position of its
// top left corner.
func (b Bend) canvas() (left, top float64, canvas Size) {
	side := b.Outer
	if b.Half < math.Pi/2 {
		side *= math.Sin(b.Half)
	}
	far := b.Inner // the radius whose end is farthest from the middle
	if b.Half > math.Pi/2 {
		far = b.Outer
	}
	depth := b.Outer - far*math.Cos(b.Half)
	const nearly = 0.01 // of a pixel is ignored
	canvas = Size{pixels(math.Ceil(2*side - nearly)), pixels(math.Ceil(depth - nearly))}
	left, top = -float64(canvas.Width)/2, -b.Outer
	if b.Down {
		top = b.Outer - float64(canvas.Height)
	}
	return left, top, canvas
}
