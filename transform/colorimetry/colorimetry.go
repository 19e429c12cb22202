// Package colorimetry interprets colours that a file describes without an ICC
// profile: the light they stand for, and how to show it in sRGB.
//
// It is plain Go and reads untrusted descriptions: invalid ones are ignored,
// and everything that it computes is finite.
package colorimetry

import (
	"math"
	"sync"

	"github.com/caddy-images/caddy-images/transform/header"
)

// White is the luminance of SDR white, in cd/m2, when HDR is shown with it
// (ITU-R BT.2408, section 2.1).
const White = 203

// Space is a colour space coded as red, green and blue.
type Space struct {
	primaries primaries
	transfer  transfer
	narrow    bool
	peak      float64 // of HDR: the highest luminance of a component, in cd/m2
}

// Of returns the space of a description. ok is false for sRGB, which is also
// the default for missing and invalid descriptions.
func Of(c header.Colours) (Space, bool) {
	s := Space{primaries: rec709, transfer: srgb, narrow: c.Narrow}
	switch {
	case c.Primaries != 0 || c.Transfer != 0:
		s.transfer = transferOf(c.Transfer)
		s.primaries = primariesOf(c.Primaries, s.transfer)
	default:
		if p := chromaticities(c.Chromaticities); p.valid() {
			s.primaries = p
		}
		if c.Gamma > 0 {
			s.transfer = power(1 / c.Gamma)
		}
	}
	s.peak = peakOf(c.MaxCLL)
	return s, !s.isSRGB()
}

func (s Space) isSRGB() bool {
	// gAMA can express sRGB's curve only by its mean exponent, 45455 (PNG,
	// third edition, section 11.3.2.4), which some round to 0.45.
	const exponent, near = 2.2, 0.0275
	plain := s.transfer.kind == curveSRGB || s.transfer.kind == curvePower && math.Abs(s.transfer.exponent-exponent) < near
	return plain && !s.narrow && s.primaries.near(rec709)
}

// peakOf returns the luminance of the brightest component: the file's value,
// or else 1000 cd/m2. A peak no brighter than white needs no tone mapping.
func peakOf(maxCLL float64) float64 {
	if maxCLL > 0 {
		return math.Max(White, math.Min(maxCLL, pqMost))
	}
	return 1000
}

// Conversion converts samples to sRGB: Light linearises each sample; System,
// if not nil, changes the three of a pixel; Matrix mixes them; the result is
// clipped to 0 to 1; Encode returns the sRGB samples.
//
// Clipping maps colours outside of sRGB: the hard clipping of ITU-R BT.2407,
// section 2, and what simple colour management does.
type Conversion struct {
	// Light is the linear light of each code value, from 0 to the largest;
	// SDR white is 1.
	Light []float32

	System *System // nil for none

	// Matrix has three rows, for red, green and blue of the result.
	Matrix [9]float32
}

// System is a display's OOTF: it turns scene light into display light.
type System struct {
	// Luma are the luminance weights of red, green and blue; each component
	// is multiplied by a power of the luminance.
	Luma     [3]float32
	Exponent float32

	// Tone maps a component's light, from 0 to Most, in even steps of its
	// square root, to the display's.
	Tone []float32
	Most float32
}

// Conversion returns the conversion for samples from 0 to most, 255 or 65535.
// full is full scale: less than 65535 for 10 or 12 bits in the upper bits of
// 16.
func (s Space) Conversion(most, full int) Conversion {
	c := Conversion{Light: make([]float32, most+1), Matrix: s.matrix()}
	light := s.light()
	step := 1
	if most > 255 && s.transfer.kind != curvePower {
		// A costly curve is nearly straight across so few of 65536 values,
		// unlike a power near 0.
		step = 15
	}
	c.Light[0] = float32(light(s.signal(0, full)))
	for i := step; i <= most; i += step {
		from, to := c.Light[i-step], float32(light(s.signal(i, full)))
		for n := 1; n <= step; n++ {
			c.Light[i-step+n] = from + (to-from)*float32(n)/float32(step)
		}
	}
	if s.transfer.kind == curveHLG {
		c.System = s.system()
	}
	return c
}

// signal returns a sample's position between black, 0, and white, 1.
func (s Space) signal(sample, full int) float64 {
	v := float64(sample) / float64(full)
	if s.narrow {
		// ITU-T H.273, equation 28: 16 to 235 for 8 bits, and proportionally
		// for other depths. PNG has 8 or 16.
		unit := float64((full + 1) / 256)
		v = (float64(sample)/unit - 16) / 219
	}
	return math.Max(0, math.Min(v, 1))
}

// light returns the function from signal to light.
func (s Space) light() func(float64) float64 {
	switch s.transfer.kind {
	case curvePQ:
		tone := newEETF(s.peak)
		return func(v float64) float64 { return pqLight(tone.shown(v)) / White }
	case curveHLG:
		return hlgScene
	}
	return s.transfer.decode
}

// system returns HLG's OOTF for a display of 1000 cd/m2 with a gamma of 1.2
// (ITU-R BT.2100, table 5), followed by the tone mapping to SDR.
func (s Space) system() *System {
	const display, gamma, steps = 1000, 1.2, 4096
	luma := s.primaries.luma()
	o := &System{Luma: [3]float32{float32(luma[0]), float32(luma[1]), float32(luma[2])}, Exponent: gamma - 1, Most: 1}
	tone := newEETF(math.Min(s.peak, display))
	o.Tone = make([]float32, steps+1)
	for i := range o.Tone {
		root := float64(i) / steps
		o.Tone[i] = float32(pqLight(tone.shown(pqSignal(root*root*display))) / White)
	}
	return o
}

// matrix converts linear light from the space to sRGB.
func (s Space) matrix() (out [9]float32) {
	m := rec709.toXYZ().inverse().times(adaptation(s.primaries.white, rec709.white)).times(s.primaries.toXYZ())
	for i := range m {
		out[i] = float32(m[i])
	}
	return out
}

// Encode returns the sRGB samples for light from 0 to 1, in 65536 even steps
// (IEC 61966-2-1). They must not be changed.
var Encode = sync.OnceValue(func() []byte {
	const most = 65535
	samples := make([]byte, most+1)
	for i := range samples {
		samples[i] = byte(math.Round(255 * encodeSRGB(float64(i)/most)))
	}
	return samples
})
