package colorimetry

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/header"
)

// curve is a kind of transfer characteristics.
type curve int

const (
	curveSRGB curve = iota
	curvePower
	curve240
	curveLog
	curveCinema
	curvePQ
	curveHLG
)

// transfer is a transfer function from signal to light.
type transfer struct {
	kind     curve
	exponent float64 // of a power, or decades of a logarithm
}

var srgb = transfer{kind: curveSRGB}

func power(exponent float64) transfer { return transfer{curvePower, exponent} }

// transferOf returns the transfer for a code point of ITU-T H.273, table 3.
// The curves of video cameras (BT.709, BT.601, BT.2020 and related ones) are
// not inverted by displays; images that declare them are shown as sRGB, as
// browsers do, and so are unknown transfers.
func transferOf(code uint8) transfer {
	switch code {
	case 4:
		return power(2.2)
	case 5:
		return power(2.8)
	case 7:
		return transfer{kind: curve240}
	case 8:
		return power(1)
	case 9:
		return transfer{curveLog, 2}
	case 10:
		return transfer{curveLog, 2.5}
	case header.PQ:
		return transfer{kind: curvePQ}
	case 17:
		return transfer{kind: curveCinema}
	case header.HLG:
		return transfer{kind: curveHLG}
	}
	return srgb
}

// decode returns the SDR light, with white at 1, for a signal from 0 to 1.
func (t transfer) decode(v float64) float64 {
	switch t.kind {
	case curvePower:
		return math.Pow(v, t.exponent)
	case curve240: // SMPTE ST 240
		if v < 4*0.0228 {
			return v / 4
		}
		return math.Pow((v+0.1115)/1.1115, 1/0.45)
	case curveLog:
		if v <= 0 {
			return 0
		}
		return math.Pow(10, t.exponent*(v-1))
	case curveCinema: // SMPTE ST 428-1
		return math.Min(1, math.Pow(v, 2.6)*52.37/48)
	}
	return decodeSRGB(v)
}

// Both directions of IEC 61966-2-1.

func decodeSRGB(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func encodeSRGB(v float64) float64 {
	if v <= 0.0031308 {
		return 12.92 * v
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

// Constants of PQ (ITU-R BT.2100, table 4; SMPTE ST 2084).
const (
	pqM1   = 2610.0 / 16384
	pqM2   = 2523.0 / 4096 * 128
	pqC1   = 3424.0 / 4096
	pqC2   = 2413.0 / 4096 * 32
	pqC3   = 2392.0 / 4096 * 32
	pqMost = 10_000
)

// pqLight returns the luminance in cd/m2 for a PQ signal.
func pqLight(v float64) float64 {
	e := math.Pow(v, 1/pqM2)
	return pqMost * math.Pow(math.Max(e-pqC1, 0)/(pqC2-pqC3*e), 1/pqM1)
}

// pqSignal returns the PQ signal for a luminance in cd/m2.
func pqSignal(light float64) float64 {
	y := math.Pow(light/pqMost, pqM1)
	return math.Pow((pqC1+pqC2*y)/(1+pqC3*y), pqM2)
}

// hlgScene returns the scene light, up to 1, for an HLG signal (ITU-R
// BT.2100, table 5).
func hlgScene(v float64) float64 {
	const a = 0.17883277
	const b = 1 - 4*a
	c := 0.5 - a*math.Log(4*a)
	if v <= 0.5 {
		return v * v / 3
	}
	return (math.Exp((v-c)/a) + b) / 12
}

// eetf is the tone mapping of ITU-R BT.2390, section 5.4.1, from a source
// with a given peak to a display whose peak is [White], both with black at 0.
// It applies to the PQ signals of red, green and blue.
type eetf struct {
	source float64 // the signal of the source's peak
	most   float64 // the signal of the display's peak, as a fraction of source
	knee   float64 // the end of the straight part of the curve
}

func newEETF(peak float64) eetf {
	t := eetf{source: pqSignal(peak)}
	t.most = math.Min(1, pqSignal(White)/t.source)
	t.knee = 1.5*t.most - 0.5
	return t
}

func (t eetf) shown(v float64) float64 {
	e := math.Min(v/t.source, 1)
	if e > t.knee && t.most < 1 {
		x := (e - t.knee) / (1 - t.knee)
		x2, x3 := x*x, x*x*x
		e = (2*x3-3*x2+1)*t.knee + (x3-2*x2+x)*(1-t.knee) + (-2*x3+3*x2)*t.most
	}
	return e * t.source
}
