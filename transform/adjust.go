package transform

import "math"

// Adjust adjusts colours with fixed amounts, in the order of its fields. The
// zero value does nothing. Channels are encoded sRGB from 0 to 1, and each
// field clips them to that range.
type Adjust struct {
	// Brightness, -1 to 1, is added to each channel: -1 gives black, 1 white.
	Brightness float64

	// Contrast, -1 to 1, moves each channel away from the middle or towards
	// it: -1 gives a uniform gray, 1 leaves only black, white and pure
	// colours. The distance to the middle is multiplied by 1+Contrast below
	// 0, and divided by 1-Contrast above.
	Contrast float64

	// Gamma, -1 to 1, lightens (above 0) or darkens the midtones: a channel
	// is raised to the power 4^-Gamma.
	Gamma float64

	// Saturation, -1 to 1, removes all colour at -1 and doubles it at 1. It
	// is saturate(1+Saturation) of W3C Filter Effects.
	Saturation float64

	// Hue rotates all hues, in degrees, from 0 to below 360. It is
	// hue-rotate() of W3C Filter Effects, which keeps brightness: red rotated
	// by 180 degrees is a cyan as dark as red is.
	Hue float64
}

func (a Adjust) canonical() Adjust {
	for _, v := range []*float64{&a.Brightness, &a.Contrast, &a.Gamma, &a.Saturation} {
		if *v = min(max(*v, -1), 1) + 0; math.IsNaN(*v) { // the sum has no negative zero
			*v = 0
		}
	}
	a.Hue = turn(a.Hue)
	return a
}

func (a Adjust) write(k *keyWriter) {
	k.number("brightness", Num(a.Brightness).unless(0))
	k.number("contrastby", Num(a.Contrast).unless(0))
	k.number("gamma", Num(a.Gamma).unless(0))
	k.number("saturation", Num(a.Saturation).unless(0))
	k.number("hue", Num(a.Hue).unless(0))
}

// Levels reports whether Level changes anything, and Mixes whether Mix does.
func (a Adjust) Levels() bool { return a.Brightness != 0 || a.Contrast != 0 || a.Gamma != 0 }

// Mixes: see Levels.
func (a Adjust) Mixes() bool { return a.Saturation != 0 || a.Hue != 0 }

// Level applies brightness, contrast and gamma to a channel from 0 to 1.
func (a Adjust) Level(v float64) float64 {
	v = clamp(v+a.Brightness, 1) - 0.5
	switch {
	case a.Contrast < 0:
		v *= 1 + a.Contrast
	case v != 0:
		v /= 1 - a.Contrast // infinite at 1
	}
	return math.Pow(clamp(v+0.5, 1), math.Pow(4, -a.Gamma))
}

// The luminance weights of red, green and blue in W3C Filter Effects, and the
// matrix that its hue-rotate() multiplies by the sine.
var (
	filterLuma = [3]float64{0.213, 0.715, 0.072}
	filterTurn = [9]float64{
		-0.213, -0.715, 0.928,
		0.143, 0.140, -0.283,
		-0.787, 0.715, 0.072,
	}
)

// Mix returns the matrix of saturation and hue, in rows, for red, green and
// blue.
func (a Adjust) Mix() (m [9]float64) {
	sin, cos := math.Sincos(a.Hue * math.Pi / 180)
	s := 1 + a.Saturation
	for n := range m {
		row, column := n/3, n%3
		own := -filterLuma[column]
		if row == column {
			own++
		}
		m[n] = filterLuma[column] + s*(cos*own+sin*filterTurn[n])
	}
	return m
}
