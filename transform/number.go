package transform

import "math"

// Number is a number that a Plan may leave out. The zero value is "not given".
//
// It is opaque, and read through In, so that a number may depend on the
// picture.
type Number struct {
	given bool
	value float64
}

// Num is the constant v.
func Num(v float64) Number { return Number{given: true, value: v} }

// IsSet tells whether the number is given.
func (n Number) IsSet() bool { return n.given }

// In is the number's value for a picture with these facts; 0 if it is not
// given.
func (n Number) In(Facts) float64 { return n.value }

// Length is a number of pixels, or a fraction of the picture's own length in
// the same direction. The zero value is "not given".
type Length struct {
	number   Number
	fraction bool
}

// Px is a length in pixels.
func Px(v float64) Length { return Length{number: Num(v)} }

// Fraction is a length as a fraction of the picture's, which comes into the
// step: 0.5 is half of it.
func Fraction(v float64) Length { return Length{number: Num(v), fraction: true} }

// IsSet tells whether the length is given.
func (l Length) IsSet() bool { return l.number.IsSet() }

// in is the length in pixels, not yet rounded; own is the picture's length in
// the same direction.
func (l Length) in(f Facts, own int) float64 {
	v := l.number.In(f)
	if l.fraction {
		return v * float64(own)
	}
	return v
}

// pixels rounds a length half up, to at least one pixel.
func pixels(v float64) int { return max(1, int(math.Floor(v+0.5))) }
