//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// Limits of tone. An image of few tones, such as fog, is not stretched to
// extremes: the range that becomes the full one is at least a quarter of it.
// Intentionally dark images stay rather dark.
const (
	leastRange = 64
	mostGamma  = 1.4
	towards    = 0.5 // fraction of the way to the middle that the median moves
)

// tone adjusts brightness and contrast automatically: the range of tones is
// stretched to the full range, and the median is moved towards the middle.
// All channels change alike, so that hues stay. The first frame decides for
// all.
func tone(p *picture, r transform.Recipe) error {
	if !r.Tone {
		return nil
	}
	if !r.WhiteBalance { // which leaves it in memory, except for a lookup table
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
		return nil // a single tone
	}
	level := levels(counts, low, high)
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return curved(frame, level) })
}

// levels returns the curve for an image with these tones, which range from
// low to high.
func levels(counts [256]float64, low, high int) curve {
	if missing := leastRange - (high - low); missing > 0 {
		low = min(max(low-missing/2, 0), 255-leastRange)
		high = low + leastRange
	}
	start, slope := float64(low)/255, 255/float64(high-low)
	stretch := func(v float64) float64 { return unit((v - start) * slope) }
	// The exponent moves the median to a half, limited if it is far from it.
	middle := stretch(median(counts) / 255)
	power := math.Log(0.5) / math.Log(min(max(middle, 1.0/255), 254.0/255))
	power = min(max(math.Pow(power, towards), 1/mostGamma), mostGamma)
	return func(v float64) float64 { return math.Pow(stretch(v), power) }
}

// median returns the median tone.
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
