package transform

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
)

// Place is the position of a layer on the image below it. The zero value is
// the centre.
type Place struct {
	// Left and Top position the layer's top left corner, CenterX and CenterY
	// its centre, in pixels from Anchor. In each direction the corner takes
	// precedence over the centre.
	Left, Top, CenterX, CenterY Offset

	// Anchor is the point of the image below that offsets count from.
	// FocusCenter is its centre.
	Anchor Focus

	// Focus is the part of the image below that the layer is aligned with in
	// a direction without an offset.
	Focus Focus
}

// Offset is a distance in pixels. The zero value is "not given".
type Offset struct {
	// Distance is positive to the right and down.
	Distance Number

	// Back reverses the direction. From the left or upper edge it counts from
	// the opposite edge to the layer's own: at 0 these coincide.
	Back bool
}

// At returns the position of the top left corner of a layer of this size on
// the image below, whose size is f.Base. The layer is moved to lie within
// that image, or to cover it if larger ("If the value exceeds the dimensions
// ..., it is adjusted to fit", ImageKit, "Add overlays on images"). It is
// errors.BadTransform if a distance has no value here.
func (p Place) At(own Size, f Facts) (Point, error) {
	anchorX, anchorY := p.Anchor.place()
	focusX, focusY := p.Focus.place()
	f.Size = own
	x, err := axis{p.Left, p.CenterX, anchorX, focusX, own.Width, f.Base.Width}.at(f)
	if err != nil {
		return Point{}, err
	}
	y, err := axis{p.Top, p.CenterY, anchorY, focusY, own.Height, f.Base.Height}.at(f)
	return Point{x, y}, err
}

// axis is a Place in one direction.
type axis struct {
	corner, center Offset
	anchor, focus  float64 // 0, 0.5 or 1: fraction of the length
	own, base      int
}

func (a axis) at(f Facts) (int, error) {
	spare := a.base - a.own
	if !a.corner.Distance.IsSet() && !a.center.Distance.IsSet() {
		return int(math.Floor(float64(spare) * a.focus)), nil
	}
	o, before := a.corner, 0.0 // the part of the layer before the positioned point
	if !o.Distance.IsSet() {
		o, before = a.center, float64(a.own)/2
	}
	d := o.Distance.In(f)
	if math.IsNaN(d) {
		return 0, errors.New(errors.BadTransform, "The layer's place cannot be computed for this image: it divides by 0 or is too large")
	}
	point := a.anchor * float64(a.base)
	switch {
	case o.Back && a.anchor == 0:
		point = float64(a.base) - d
		if before == 0 {
			before = float64(a.own)
		}
	case o.Back:
		point -= d
	default:
		point += d
	}
	return min(max(round(point-before), min(0, spare)), max(0, spare)), nil
}
