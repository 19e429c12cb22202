// Package natural computes the natural size of a drawing from the attributes
// of its root element: the size at which a browser shows it in an img element
// without a size.
//
// The rules are those of CSS Images Module Level 3, section 5, and of SVG 2,
// section 8.12, with one exception: the size of a drawing with only a viewBox
// is that of the viewBox, as with ImageKit.
package natural

import "math"

// Density is the number of units per inch (CSS Values and Units Module Level
// 3, section 6.2).
const Density = 96

// FontSize is the default font size in units: the value `medium`.
const FontSize = 16

// Width and Height are the default size of a drawing (CSS 2.2, section
// 10.3.2).
const (
	Width  = 300
	Height = 150
)

// Size is a size in units.
type Size struct{ Width, Height float64 }

// IsZero reports whether the size is missing.
func (s Size) IsZero() bool { return s == Size{} }

// Pixels returns the size in whole pixels, at least one, multiplied by times.
func (s Size) Pixels(times float64) (width, height int) {
	whole := func(v float64) int { return int(max(1, min(math.Floor(v*times+0.5), mostPixels))) }
	return whole(s.Width), whole(s.Height)
}

// mostPixels limits the longest side in pixels.
const mostPixels = 1 << 24

// Box is a viewBox: the part of the plane that a drawing shows.
type Box struct{ X, Y, Width, Height float64 }

// IsEmpty reports whether the box has no area.
func (b Box) IsEmpty() bool { return !(b.Width > 0 && b.Height > 0) }

// Of returns the size of a drawing with these values of width, height and
// viewBox, and with the given font size of the root element in units. It is
// never empty. A value that is not a positive length, such as a percentage,
// is ignored.
func Of(width, height, viewBox string, font float64) Size {
	w, hasWidth := side(width, font)
	h, hasHeight := side(height, font)
	box, _ := ParseBox(viewBox)
	boxed := !box.IsEmpty()
	switch {
	case hasWidth && hasHeight:
	case hasWidth && boxed:
		h = w * box.Height / box.Width
	case hasHeight && boxed:
		w = h * box.Width / box.Height
	case hasWidth:
		h = Height
	case hasHeight:
		w = Width
	case boxed:
		w, h = box.Width, box.Height
	default:
		w, h = Width, Height
	}
	return Size{bounded(w), bounded(h)}
}

func side(value string, font float64) (float64, bool) {
	v, ok := Length(value, font)
	return v, ok && v > 0
}

// Limits of accepted sides, so that products of several do not overflow.
const (
	least = 1e-9
	most  = 1e15
)

func bounded(v float64) float64 { return min(max(v, least), most) }
