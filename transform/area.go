package transform

import (
	"slices"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// isArea reports whether the focus uses Facts.Area.
func (f Focus) isArea() bool { return f == FocusArea || f == FocusAreaOrAuto }

// FocusesOnArea reports whether the plan may use the area of interest marked
// in a layer's file, or, for nil, in the original.
func (p Plan) FocusesOnArea(file *origin.Ref) bool {
	if file == nil {
		return focusesOnArea(p.Steps)
	}
	does := false
	eachLayer(p.Steps, func(l Layer) {
		does = does || l.Kind == ImageLayer && l.Image == *file && focusesOnArea(l.Steps)
	})
	return does
}

func focusesOnArea(steps []Step) bool {
	return slices.ContainsFunc(steps, func(s Step) bool {
		if s.Choice != nil {
			return focusesOnArea(s.Choice.Then.Steps) || focusesOnArea(s.Choice.Else.Steps)
		}
		return s.Resize.canonical().Focus.isArea()
	})
}

// focus returns the focus for an image with these facts. A missing area is an
// error: no other crop may replace the requested one.
func (z Resize) focus(f Facts) (Focus, error) {
	located := (z.X.IsSet() || z.CenterX.IsSet()) && (z.Y.IsSet() || z.CenterY.IsSet())
	switch {
	case !z.Focus.isArea() || f.Area.Size != Size{}:
		return z.Focus, nil
	case z.Focus == FocusAreaOrAuto:
		return FocusAuto, nil
	case located:
		return FocusCenter, nil
	}
	return 0, errors.New(errors.BadTransform,
		"The image has no custom coordinates to focus on: its file has none, they are outside of the image, or previous steps cut them off")
}

// around returns the position of a crop centred on the area, as far as the
// edges of the scaled image allow.
func (r Recipe) around(area Rect, own Size) Point {
	along := func(at, length, own, scaled, crop int) int {
		middle := (float64(at) + float64(length)/2) * float64(scaled) / float64(own)
		return min(max(round(middle-float64(crop)/2), 0), scaled-crop)
	}
	return Point{
		along(area.X, area.Width, own.Width, r.Scale.Width, r.Crop.Width),
		along(area.Y, area.Height, own.Height, r.Scale.Height, r.Crop.Height),
	}
}

// Carry returns the position of a part of an image of size own after the
// recipe. It is empty if nothing of the part is left, and after a distortion,
// or a rotation that is not a multiple of 90 degrees, since it is no longer
// an upright rectangle.
func (r Recipe) Carry(part Rect, own Size) Rect {
	if r.Distort.Kind != NoDistort {
		return Rect{}
	}
	part = part.scaled(own, r.Scale).Within(r.Crop)
	part.X, part.Y = part.X+r.At.X, part.Y+r.At.Y
	canvas, turned := r.Canvas, r.Rotate
	for ; turned >= 90; turned -= 90 {
		part = Rect{Point{canvas.Height - part.Y - part.Height, part.X}, Size{part.Height, part.Width}}
		canvas = Size{canvas.Height, canvas.Width}
	}
	if turned != 0 || part.Size == (Size{}) {
		return Rect{}
	}
	if r.Flip.Horizontal {
		part.X = canvas.Width - part.X - part.Width
	}
	if r.Flip.Vertical {
		part.Y = canvas.Height - part.Y - part.Height
	}
	part.X, part.Y = part.X+r.Border, part.Y+r.Border
	return part
}

// scaled returns the part of an image scaled between two sizes. It keeps at
// least one pixel.
func (r Rect) scaled(from, to Size) Rect {
	along := func(at, length, from, to int) (int, int) {
		k := float64(to) / float64(from)
		start, end := round(float64(at)*k), round(float64(at+length)*k)
		start = min(start, to-1)
		return start, max(end-start, 1)
	}
	if r.Size == (Size{}) {
		return Rect{}
	}
	r.X, r.Width = along(r.X, r.Width, from.Width, to.Width)
	r.Y, r.Height = along(r.Y, r.Height, from.Height, to.Height)
	return r
}

// Within returns the intersection with other, relative to other's corner;
// empty if there is none.
func (r Rect) Within(other Rect) Rect {
	left, top := max(r.X, other.X), max(r.Y, other.Y)
	right, bottom := min(r.X+r.Width, other.X+other.Width), min(r.Y+r.Height, other.Y+other.Height)
	if left >= right || top >= bottom {
		return Rect{}
	}
	return Rect{Point{left - other.X, top - other.Y}, Size{right - left, bottom - top}}
}

// Stored returns the stored position of a part of an upright image that its
// file stores turned or mirrored by an EXIF orientation, 1 to 8 (Exif 2.3,
// tag 274).
func (r Rect) Stored(orientation int, upright Size) Rect {
	switch orientation {
	case 2, 3, 6, 7:
		r.X = upright.Width - r.X - r.Width
	}
	switch orientation {
	case 3, 4, 7, 8:
		r.Y = upright.Height - r.Y - r.Height
	}
	if orientation >= 5 {
		r.X, r.Y, r.Width, r.Height = r.Y, r.X, r.Height, r.Width
	}
	return r
}
