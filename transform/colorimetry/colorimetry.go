// Package colorimetry is about colours that a file describes without an ICC profile:
// what light they stand for, and which colours of sRGB show it.
//
// It is plain Go, and takes descriptions of strangers: what makes no sense is as good
// as not said, and all that it computes is finite.
package colorimetry

import (
	"math"
	"sync"

	"github.com/caddy-images/caddy-images/transform/header"
)

// White is the light of white in SDR, in cd/m2, when HDR is shown with it (ITU-R
// BT.2408, section 2.1).
const White = 203

// Space is a space of colours that are coded as red, green and blue.
type Space struct {
	primaries primaries
	transfer  transfer
	narrow    bool
	peak      float64 // of HDR: the most light of a component, in cd/m2
}

// Of returns the space that a description is of. It is false for sRGB, which
// is also meant where there is no description, or none that makes sense.
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
	// gAMA has no other way to say sRGB's curve than its mean exponent, 45455 (PNG,
	// third edition, section 11.3.2.4), which some round to 0.45.
	const exponent, near = 2.2, 0.0275
	plain := s.transfer.kind == curveSRGB || s.transfer.kind == curvePower && math.Abs(s.transfer.exponent-exponent) < near
	return plain && !s.narrow && s.primaries.near(rec709)
}

// peakOf returns the light of the brightest component: what the file says of
// it, or else 1000 cd/m2. What is no brighter than white needs no mapping.
func peakOf(maxCLL float64) float64 {
	if maxCLL > 0 {
		return math.Max(White, math.Min(maxCLL, pqMost))
	}
	return 1000
}

// Conversion says how samples become those of sRGB: each is replaced by the light
// that it stands for; System, if there is one, changes all three of a pixel; Matrix
// mixes them; what is then below 0 or above 1 is cut off; and Encode has the samples.
//
// Cutting off is how colours outside of sRGB get into it, the hard clipping of ITU-R
// BT.2407, section 2, and what colour management does that knows no better.
type Conversion struct {
	// Light is of each code value, from 0 to the largest; white in SDR is 1.
	Light []float32

	System *System // nil for none

	// Matrix has three rows, one for each of red, green and blue of the result.
	Matrix [9]float32
}

// System is what a display does that makes its light of that of the scene (OOTF).
type System struct {
	// Luma are the parts of red, green and blue in luminance; each component is
	// multiplied by a power of that.
	Luma     [3]float32
	Exponent float32

	// Tone is what the display then shows of a component's light, from 0 to Most, in
	// even steps of its square root.
	Tone []float32
	Most float32
}

// Conversion is for samples from 0 to most, 255 or 65535, of which full stands for full
// scale: less than 65535 where 10 or 12 bits lie at the upper end of 16.
func (s Space) Conversion(most, full int) Conversion {
	c := Conversion{Light: make([]float32, most+1), Matrix: s.matrix()}
	light := s.light()
	step := 1
	if most > 255 && s.transfer.kind != curvePower {
		// A curve that takes long to compute is nearly straight in so few of 65536
		// values; a power is not at its foot.
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

// signal returns what a sample is of the range from black, 0, to white, 1.
func (s Space) signal(sample, full int) float64 {
	v := float64(sample) / float64(full)
	if s.narrow {
		// ITU-T H.273, equation 28: 16 to 235 of 8 bits, and as many times more of
		// others as they have more values. In PNG all have 8 or 16.
		unit := float64((full + 1) / 256)
		v = (float64(sample)/unit - 16) / 219
	}
	return math.Max(0, math.Min(v, 1))
}

// light returns the light that a signal stands for.
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

// system is HLG's OOTF for a display of 1000 cd/m2, whose gamma is 1.2 (ITU-R BT.2100,
// table 5), and what becomes of that display's light in SDR.
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

// matrix is from the light of the space's components to that of sRGB's.
func (s Space) matrix() (out [9]float32) {
	m := rec709.toXYZ().inverse().times(adaptation(s.primaries.white, rec709.white)).times(s.primaries.toXYZ())
	for i := range m {
		out[i] = float32(m[i])
	}
	return out
}

// Encode are the samples of sRGB for light from 0 to 1, in 65536 even steps (IEC
// 61966-2-1). They are not to be changed.
var Encode = sync.OnceValue(func() []byte {
	const most = 65535
	samples := make([]byte, most+1)
	for i := range samples {
		samples[i] = byte(math.Round(255 * encodeSRGB(float64(i)/most)))
	}
	return samples
})
