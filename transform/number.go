package transform

import "math"

// Number is an optional number of a Plan. The zero value is "not given".
//
// It is opaque and read through In, since it may depend on the image. Equal
// Numbers have the same value for every image.
type Number struct {
	given      bool
	value      float64
	expression string // terms in postfix notation; empty for a constant
}

// Num returns the constant v.
func Num(v float64) Number { return Number{given: true, value: v} }

// IsSet reports whether the number is given.
func (n Number) IsSet() bool { return n.given }

// In returns the number's value for an image with these facts; 0 if it is not
// given, and NaN if it cannot be computed for that image.
func (n Number) In(f Facts) float64 {
	if n.expression != "" {
		return compute(n.Terms(), f)
	}
	return n.value
}

// Constant returns the value of a constant; ok is false for an expression,
// and for a number that is not given.
func (n Number) Constant() (v float64, ok bool) { return n.value, n.given && n.expression == "" }

// Length is a number of pixels, or a fraction of the image's length in the
// same direction. The zero value is "not given".
type Length struct {
	number   Number
	fraction bool
}

// Px returns a length in pixels.
func Px(v float64) Length { return Pixels(Num(v)) }

// Pixels returns a length of n pixels.
func Pixels(n Number) Length { return Length{number: n} }

// Fraction returns a length as a fraction of the step's input image: 0.5 is
// half of it.
func Fraction(v float64) Length { return Length{number: Num(v), fraction: true} }

// IsSet reports whether the length is given.
func (l Length) IsSet() bool { return l.number.IsSet() }

// Parts returns the length's number, and whether it is a fraction instead of
// pixels.
func (l Length) Parts() (n Number, fraction bool) { return l.number, l.fraction }

// in returns the length in pixels, unrounded; own is the image's length in
// the same direction.
func (l Length) in(f Facts, own int) float64 {
	v := l.number.In(f)
	if l.fraction {
		return v * float64(own)
	}
	return v
}

// unless returns the number, or "not given" if it equals the default.
func (n Number) unless(usual float64) Number {
	if n == Num(usual) {
		return Number{}
	}
	return n
}

// farthest limits every computed length and position. No image reaches it,
// and a sum of a few does not overflow an int of 32 bits.
const farthest = 1 << 28

// round rounds half up. Values are limited to ±farthest; NaN becomes 0.
func round(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Floor(min(max(v, -farthest), farthest) + 0.5))
}

// pixels rounds a length half up, to at least one pixel.
func pixels(v float64) int { return max(1, round(v)) }

// clamp limits v to 0 to most; NaN becomes 0.
func clamp(v, most float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, 0), most)
}

// turn normalises an angle in degrees to 0 to below 360.
func turn(degrees float64) float64 {
	degrees = math.Mod(degrees, 360)
	if degrees < 0 {
		degrees += 360
	}
	if degrees < 360 {
		return degrees
	}
	return 0 // rounded up to 360, or NaN
}
