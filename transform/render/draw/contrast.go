//go:build cgo

package draw

import (
	"encoding/binary"
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// clipped is the share of the darkest and of the brightest pixels that
// contrast clips. A few stray ones would otherwise prevent any effect.
const clipped = 0.005

// contrast stretches the brightness of the image to the full range. The first
// frame decides for all.
func contrast(p *picture, r transform.Recipe) error {
	if !r.Contrast {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	counts, err := tones(p.frame)
	if err != nil {
		return err
	}
	low, high := ends(counts)
	if high <= low {
		return nil // a single tone: nothing to stretch
	}
	slope := 255 / float64(high-low)
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return frame.Linear(
			onColours(frame, slope, 1),
			onColours(frame, 0.5-slope*float64(low), 0.5),
			true,
		)
	})
}

// tones counts the pixels of each brightness. Transparent ones do not count:
// their colour is arbitrary.
func tones(image *vips.Image) (counts [256]float64, err error) {
	gray, err := image.Colourspace(vips.InterpretationBW)
	if err != nil {
		return counts, err
	}
	hidden := 0.0
	if gray.HasAlpha() {
		if gray, hidden, err = blacken(gray); err != nil {
			return counts, err
		}
	}
	histogram, err := gray.HistFind()
	if err != nil {
		return counts, err
	}
	samples, err := histogram.Pixels() // of 32 bits
	if err != nil {
		return counts, err
	}
	for n := range min(len(counts), len(samples)/4) {
		counts[n] = float64(binary.NativeEndian.Uint32(samples[4*n:]))
	}
	counts[0] -= hidden
	return counts, nil
}

// blacken makes the transparent pixels of a gray image black, and returns
// their number.
func blacken(gray *vips.Image) (visible *vips.Image, hidden float64, err error) {
	alpha, err := gray.ExtractBand(1, 1)
	if err != nil {
		return nil, 0, err
	}
	mask, err := alpha.RelationalConst(vips.RelationalMore, 0)
	if err != nil {
		return nil, 0, err
	}
	share, err := mask.Average()
	if err != nil {
		return nil, 0, err
	}
	visible, err = through(gray,
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(0, 1) },
		func(i *vips.Image) (*vips.Image, error) { return i.Boolean(mask, vips.BooleanAnd) },
	)
	pixels := float64(gray.Width()) * float64(gray.Height())
	return visible, math.Round(pixels * (1 - share/255)), err
}

// ends returns the darkest and the brightest tone after clipping.
func ends(counts [256]float64) (low, high int) {
	total := 0.0
	for _, n := range counts {
		total += n
	}
	for below := counts[0]; low < 255 && below <= total*clipped; below += counts[low] {
		low++
	}
	high = 255
	for above := counts[255]; high > 0 && above <= total*clipped; above += counts[high] {
		high--
	}
	return low, high
}
