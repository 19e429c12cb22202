//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// Bounds of tone. An image of few tones, such as one of fog, is not torn
// apart: the range that becomes the full one has a quarter of it at least.
// What is dark on purpose stays rather dark.
const (
	leastRange = 64
	mostGamma  = 1.4
	towards    = 0.5 // of the way to the middle, by which the median goes
)

// tone gives an image the brightness and the contrast that suit it: the range
// from its darkest tone to its brightest becomes the full one, and then its
// median goes some way towards the middle. All channels go the same way, so
// that hues stay. The first frame decides for all.
func tone(p *picture, r transform.Recipe) error {
	if !r.Tone {
		return nil
	}
	if !r.WhiteBalance { // which leaves it in memory, but for a table to look colours up in
		if err := p.settle(); err != nil {
			return err
		}
	}
	counts, err := tones(p.frame)
	if err != nil {
		return err
	}
	low, high := ends(counts)
	if high <= low {
		return nil // one tone only
	}
	level := levels(counts, low, high)
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return curved(frame, level) })
}

// levels returns the curve that suits an image of such tones, of which low
// and high are the ends.
func levels(counts [256]float64, low, high int) curve {
	if missing := leastRange - (high - low); missing > 0 {
		low = min(max(low-missing/2, 0), 255-leastRange)
		high = low + leastRange
	}
	start, slope := float64(low)/255, 255/float64(high-low)
	stretch := func(v float64) float64 { return unit((v - start) * slope) }
	// To the power that has the median come out as a half, or half of that, where
	// the way is long.
	middle := stretch(median(counts) / 255)
	power := math.Log(0.5) / math.Log(min(max(middle, 1.0/255), 254.0/255))
	power = min(max(math.Pow(power, towards), 1/mostGamma), mostGamma)
	return func(v float64) float64 { return math.Pow(stretch(v), power) }
}

// median returns the tone that half of the pixels do not exceed.
func median(counts [256]float64) float64 {
	total := 0.0
	for _, n := range counts {
		total += n
	}
	below := 0.0
	for v, n := range counts {
		if below += n; below >= total/2 {
			return float64(v)
		}
	}
	return 0
}
