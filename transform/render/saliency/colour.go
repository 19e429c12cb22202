package saliency

import "math"

// lab converts sRGB to CIELAB under D65.
func lab(r, g, b uint8) (lightness, a, bb float64) {
	lr, lg, lb := linear[r], linear[g], linear[b]
	x := (0.4124*lr + 0.3576*lg + 0.1805*lb) / 0.9505
	y := 0.2126*lr + 0.7152*lg + 0.0722*lb
	z := (0.0193*lr + 0.1192*lg + 0.9505*lb) / 1.089
	fx, fy, fz := response(x), response(y), response(z)
	return 116*fy - 16, 500 * (fx - fy), 200 * (fy - fz)
}

// linear maps sRGB samples to light.
var linear = func() (table [256]float64) {
	for n := range table {
		v := float64(n) / 255
		if v <= 0.04045 {
			table[n] = v / 12.92
		} else {
			table[n] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return table
}()

func response(t float64) float64 {
	if t > 216.0/24389 {
		return math.Cbrt(t)
	}
	return t*841/108 + 4.0/29
}

// skin returns how similar a colour is to skin, 0 to 1. All skin has about
// the same hue, from red to orange, and differs in lightness.
func skin(lightness, a, b float64) float64 {
	hue, chroma := math.Atan2(b, a)*180/math.Pi, math.Hypot(a, b)
	return bell(hue, 50, 18) * bell(chroma, 22, 12) * between(lightness, 12, 25, 85, 97)
}

// bell returns 1 at the middle, and nearly so up to a third of a deviation
// away.
func bell(v, middle, deviation float64) float64 {
	d := (v - middle) / deviation
	return math.Exp(-d * d / 2)
}

// between returns 1 from low to high, and 0 below lowest and above highest.
func between(v, lowest, low, high, highest float64) float64 {
	return min(max(min((v-lowest)/(low-lowest), (highest-v)/(highest-high)), 0), 1)
}
