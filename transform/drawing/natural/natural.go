// Package natural says how large a drawing is by itself: what the attributes of its
// root element come to, as a browser shows it in an img element that has no size.
//
// The rules are those of CSS Images Module Level 3, section 5, and of SVG 2, section
// 8.12, with one exception: if a drawing has only a viewBox, its width and height are the
// size, as ImageKit has it.
package natural

import "math"

// Density is how many units an inch has (CSS Values and Units Module Level 3,
// section 6.2).
const Density = 96

// FontSize is how many units a font has where nothing says it: the value `medium`.
const FontSize = 16

// Width and Height are the size of a drawing that says nothing of it (CSS 2.2, section
// 10.3.2).
const (
	Width  = 300
	Height = 150
)

// Size is a size in units, of which an inch has Density.
type Size struct{ Width, Height float64 }

// IsZero reports whether it is no size at all.
func (s Size) IsZero() bool { return s == Size{} }

// Pixels returns the size in whole pixels, at least one, of a drawing that is
// drawn so many times as large.
func (s Size) Pixels(times float64) (width, height int) {
	whole := func(v float64) int { return int(max(1, min(math.Floor(v*times+0.5), mostPixels))) }
	return whole(s.Width), whole(s.Height)
}

// mostPixels is the longest side in pixels.
const mostPixels = 1 << 24

// Box is what a viewBox says: the part of the plane that a drawing shows.
type Box struct{ X, Y, Width, Height float64 }

// IsEmpty reports whether nothing can be shown of it.
func (b Box) IsEmpty() bool { return !(b.Width > 0 && b.Height > 0) }

// Of returns the size of a drawing with these values of width, height and
// viewBox, in which a font of the root element has so many units. It is never
// empty. What is not a length above zero, such as a percentage, says nothing.
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

// The sides that are believed. They keep the products of several in a number.
const (
	least = 1e-9
	most  = 1e15
)

func bounded(v float64) float64 { return min(max(v, least), most) }
