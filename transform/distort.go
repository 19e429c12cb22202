package transform

import "math"

// Distort bends the image. The zero value does nothing.
type Distort struct {
	Kind DistortKind

	// Quad is where a Perspective puts the image's corners, clockwise from
	// the top left, in pixels of the image. Its sides make a convex
	// quadrilateral.
	Quad Quad

	// Arc is the angle, in degrees, of the arc that the image is bent into:
	// up to 360, a ring. Positive it is bent upwards, its ends down; negative
	// the other way round.
	Arc float64
}

// DistortKind is a way to distort.
type DistortKind uint8

// The ways.
const (
	NoDistort DistortKind = iota
	Perspective
	Arc
)

// Quad is four corners, clockwise from the top left.
type Quad [4]Point

// IsConvex reports whether the corners, in their order, make a quadrilateral
// that has an area, and whose sides neither cross nor turn inwards. No other
// can be seen in perspective.
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

// leastArc is the least angle, in degrees, that bends. Less moves no pixel of
// an image 4000 pixels wide by a whole one (width times angle, in radians,
// over eight), and its circle is so large that places on it are no longer
// exact.
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

// Canvas returns the canvas that a distorted image of the size needs, and
// where its top left corner is: for a perspective in pixels of the image, for
// an arc seen from the centre of its circles, with y downwards. For a
// perspective the canvas keeps the image's, and grows where a corner lies
// outside of it; for an arc it is the smallest around it.
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

// Bend is a ring, or a part of one, that an image's rows are laid along.
type Bend struct {
	Outer, Inner float64 // radii of the image's upper and lower edge, pixels
	Half         float64 // the angle from the middle to an end, radians
	Down         bool    // bent downwards: all of it upside down
}

// Bend returns the arc for an image of the size. Its middle row keeps its
// length, unless that would turn the lower edge inside out; then the rows are
// stretched.
func (d Distort) Bend(s Size) Bend {
	half := math.Abs(d.Arc) * math.Pi / 360
	h := float64(s.Height)
	middle := max(float64(s.Width)/(2*half), h/2)
	return Bend{Outer: min(middle+h/2, farthest), Inner: min(middle-h/2, farthest), Half: half, Down: d.Arc < 0}
}

// canvas returns the smallest one around the bend, and where its top left
// corner is.
func (b Bend) canvas() (left, top float64, canvas Size) {
	side := b.Outer
	if b.Half < math.Pi/2 {
		side *= math.Sin(b.Half)
	}
	far := b.Inner // the radius whose end is the farthest from the middle
	if b.Half > math.Pi/2 {
		far = b.Outer
	}
	depth := b.Outer - far*math.Cos(b.Half)
	const nearly = 0.01 // of a pixel is none
	canvas = Size{pixels(math.Ceil(2*side - nearly)), pixels(math.Ceil(depth - nearly))}
	left, top = -float64(canvas.Width)/2, -b.Outer
	if b.Down {
		top = b.Outer - float64(canvas.Height)
	}
	return left, top, canvas
}
