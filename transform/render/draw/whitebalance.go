//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// Limits of white balance. A colour more saturated than nearGray, the
// difference of its channels relative to the largest, belongs to the object
// and not to the light. If less than enough of the image is nearly gray, the
// result is uncertain, and the correction is reduced. No channel is amplified
// by more than mostGain relative to another: a red wall stays red.
const (
	castSide = 256 // samples per direction, up to twice as many
	nearGray = 0.4
	enough   = 0.1
	mostGain = 4.0 / 3
)

// whiteBalance removes a colour cast: nearly gray pixels become gray on
// average (the gray-world assumption, applied to them alone). White, black
// and the mean brightness stay. The first frame decides for all.
func whiteBalance(p *picture, r transform.Recipe) error {
	if !r.WhiteBalance {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	// Single pixels, since averaging makes grays of colours.
	first := p.frame
	small, err := first.Subsample(max(first.Width()/castSide, 1), max(first.Height()/castSide, 1))
	if err != nil {
		return err
	}
	samples, err := small.Pixels()
	if err != nil {
		return err
	}
	mean, evidence := grayMean(samples, small.Bands())
	curves := balance(mean, evidence)
	if curves == nil {
		return nil
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return curved(frame, curves...) })
}

// grayMean returns the mean of the visible, nearly gray pixels, each channel
// from 0 to 1, and their share of the visible ones. Grayer pixels have more
// weight. Black pixels, and those with a clipped channel, do not count.
func grayMean(samples []byte, bands int) (mean [colours]float64, evidence float64) {
	const dark, bright = 8, 250
	all, counted := 0.0, 0.0
	for ; len(samples) >= bands; samples = samples[bands:] {
		seen := 1.0
		if bands > colours {
			seen = float64(samples[colours]) / 255
		}
		all += seen
		most, least := max(samples[0], samples[1], samples[2]), min(samples[0], samples[1], samples[2])
		if most < dark || most > bright {
			continue
		}
		likely := 1 - float64(most-least)/float64(most)/nearGray
		if likely <= 0 {
			continue
		}
		weight := seen * likely * likely
		counted += weight
		for c := range mean {
			mean[c] += weight * float64(samples[c]) / 255
		}
	}
	if counted == 0 {
		return mean, 0
	}
	for c := range mean {
		mean[c] /= counted
	}
	return mean, counted / all
}

// balance returns a curve for each channel that makes the mean gray; nil if
// nothing is to be done.
//
// All gains are at least 1, so that white and clipped channels stay so. A
// power then restores the mean brightness.
func balance(mean [colours]float64, evidence float64) []curve {
	if evidence == 0 {
		return nil
	}
	strength := min(evidence/enough, 1)
	most := max(mean[0], mean[1], mean[2])
	var gains, after [colours]float64
	for c := range gains {
		gains[c] = min(math.Pow(most/mean[c], strength), mostGain)
		after[c] = mean[c] * gains[c]
	}
	if gains == [colours]float64{1, 1, 1} {
		return nil
	}
	power := math.Log(luma(mean)) / math.Log(luma(after))
	curves := make([]curve, colours)
	for c := range curves {
		curves[c] = func(v float64) float64 { return math.Pow(unit(v*gains[c]), power) }
	}
	return curves
}

// luma returns the luma of a colour (ITU-R BT.709).
func luma(c [colours]float64) float64 { return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2] }
