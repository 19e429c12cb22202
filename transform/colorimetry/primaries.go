package colorimetry

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/header"
)

// point is a chromaticity.
type point struct{ x, y float64 }

// xyz returns the colour of a chromaticity with X + Y + Z = 1.
func (p point) xyz() [3]float64 { return [3]float64{p.x, p.y, 1 - p.x - p.y} }

type primaries struct{ white, red, green, blue point }

// White points.
var (
	d65    = point{0.3127, 0.3290}
	illC   = point{0.310, 0.316} // illuminant C
	equal  = point{1.0 / 3, 1.0 / 3}
	cinema = point{0.314, 0.351}
)

var (
	rec709  = primaries{d65, point{0.64, 0.33}, point{0.30, 0.60}, point{0.15, 0.06}}
	rec2020 = primaries{d65, point{0.708, 0.292}, point{0.170, 0.797}, point{0.131, 0.046}}
)

// known are the primaries in table 2 of ITU-T H.273.
var known = map[uint8]primaries{
	1:  rec709,
	4:  {illC, point{0.67, 0.33}, point{0.21, 0.71}, point{0.14, 0.08}},         // BT.470 M
	5:  {d65, point{0.64, 0.33}, point{0.29, 0.60}, point{0.15, 0.06}},          // BT.601 of 625 lines
	6:  {d65, point{0.630, 0.340}, point{0.310, 0.595}, point{0.155, 0.070}},    // BT.601 of 525 lines
	7:  {d65, point{0.630, 0.340}, point{0.310, 0.595}, point{0.155, 0.070}},    // SMPTE ST 240
	8:  {illC, point{0.681, 0.319}, point{0.243, 0.692}, point{0.145, 0.049}},   // film
	9:  rec2020,                                                                 // BT.2020, BT.2100
	10: {equal, point{1, 0}, point{0, 1}, point{0, 0}},                          // SMPTE ST 428-1: XYZ
	11: {cinema, point{0.680, 0.320}, point{0.265, 0.690}, point{0.150, 0.060}}, // SMPTE RP 431-2
	12: {d65, point{0.680, 0.320}, point{0.265, 0.690}, point{0.150, 0.060}},    // Display P3
	22: {d65, point{0.630, 0.340}, point{0.295, 0.605}, point{0.155, 0.077}},    // EBU Tech 3213
}

// primariesOf returns the primaries of a code point. The default depends on
// the transfer: HDR has one set (ITU-R BT.2100), everything else sRGB's.
func primariesOf(code uint8, t transfer) primaries {
	if p, ok := known[code]; ok {
		return p
	}
	if code == header.Unspecified && (t.kind == curvePQ || t.kind == curveHLG) {
		return rec2020
	}
	return rec709
}

func chromaticities(v [8]float64) primaries {
	return primaries{point{v[0], v[1]}, point{v[2], v[3]}, point{v[4], v[5]}, point{v[6], v[7]}}
}

// valid reports whether the primaries can produce the white point.
func (p primaries) valid() bool {
	for _, c := range []point{p.white, p.red, p.green, p.blue} {
		if c.x < 0 || c.y < 0 || c.x+c.y > 1 {
			return false
		}
	}
	const least = 0.001 // of an area, and of a primary's share in white
	if p.white.y < least || math.Abs(p.corners().determinant()) < least {
		return false
	}
	for _, part := range p.parts() {
		if !(part > least) {
			return false
		}
	}
	for _, cone := range bradford.of(scaled(p.white)) {
		if cone < least {
			return false
		}
	}
	return true
}

// near reports whether two sets are equal except for rounding.
func (p primaries) near(q primaries) bool {
	const rounding = 0.002
	a := [...]point{p.white, p.red, p.green, p.blue}
	b := [...]point{q.white, q.red, q.green, q.blue}
	for i := range a {
		if math.Abs(a[i].x-b[i].x) > rounding || math.Abs(a[i].y-b[i].y) > rounding {
			return false
		}
	}
	return true
}

// corners returns a matrix with the primaries as columns.
func (p primaries) corners() matrix {
	r, g, b := p.red.xyz(), p.green.xyz(), p.blue.xyz()
	return matrix{r[0], g[0], b[0], r[1], g[1], b[1], r[2], g[2], b[2]}
}

// parts returns the share of each primary in white with Y = 1.
func (p primaries) parts() [3]float64 { return p.corners().inverse().of(scaled(p.white)) }

// scaled returns the colour of a chromaticity with Y = 1.
func scaled(p point) [3]float64 {
	v := p.xyz()
	return [3]float64{v[0] / p.y, 1, v[2] / p.y}
}

// toXYZ converts red, green and blue to XYZ, with Y = 1 for white.
func (p primaries) toXYZ() matrix {
	parts := p.parts()
	return p.corners().times(diagonal(parts))
}

// luma returns the shares of the primaries in the Y of white.
func (p primaries) luma() [3]float64 {
	m := p.toXYZ()
	return [3]float64{m[3], m[4], m[5]}
}

// bradford converts XYZ to cone responses (ICC.1:2022, annex E).
var bradford = matrix{
	0.8951, 0.2664, -0.1614,
	-0.7502, 1.7135, 0.0367,
	0.0389, -0.0685, 1.0296,
}

// adaptation returns the chromatic adaptation from one white point to
// another.
func adaptation(from, to point) matrix {
	a, b := bradford.of(scaled(from)), bradford.of(scaled(to))
	return bradford.inverse().times(diagonal([3]float64{b[0] / a[0], b[1] / a[1], b[2] / a[2]})).times(bradford)
}
