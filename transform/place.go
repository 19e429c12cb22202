package transform

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
)

// Place is where a layer lies on the image below it. The zero value is the
// middle.
type Place struct {
	// Left and Top are where the layer's own top left corner lies, CenterX and
	// CenterY its middle, in pixels from Anchor. In each direction one of them
	// counts, the corner before the middle.
	Left, Top, CenterX, CenterY Offset

	// Anchor is the part of the image below that offsets count from.
	// FocusCenter is its middle.
	Anchor Focus

	// Focus is the part of the image below that the layer lies in, in a
	// direction in which there is no offset.
	Focus Focus
}

// Offset is a distance in pixels. The zero value is "not given".
type Offset struct {
	// Distance counts to the right and down.
	Distance Number

	// Back tells that it counts to the left and up instead. From the left or
	// upper edge, where nothing lies that way, it counts from the opposite edge
	// to the layer's own: 0 puts the one upon the other.
	Back bool
}

// At returns where the top left corner of a layer of this size lies on the
// image below, whose size is f.Base. The layer is moved so that it lies
// within that image, or covers it where it is larger ("If the value exceeds
// the dimensions ..., it is adjusted to fit", ImageKit, "Add overlays on
// images"). The error is errors.BadTransform, for a distance that has no
// value here.
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
	anchor, focus  float64 // 0, a half or 1: part of the length
	own, base      int
}

func (a axis) at(f Facts) (int, error) {
	spare := a.base - a.own
	if !a.corner.Distance.IsSet() && !a.center.Distance.IsSet() {
		return int(math.Floor(float64(spare) * a.focus)), nil
	}
	o, before := a.corner, 0.0 // how much of the layer lies before the point that is placed
	if !o.Distance.IsSet() {
		o, before = a.center, float64(a.own)/2
	}
	d := o.Distance.In(f)
	if math.IsNaN(d) {
		return 0, errors.New(errors.BadTransform, "The layer's place cannot be computed for this picture: it divides by 0, or gets too large")
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
