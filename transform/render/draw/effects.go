//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func grayscale(p *picture, r transform.Recipe) error {
	if !r.Grayscale {
		return nil
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return through(frame,
			func(i *vips.Image) (*vips.Image, error) { return i.Colourspace(vips.InterpretationBW) },
			toSRGB,
		)
	})
}

// onColours returns v for each colour band, and alpha for the alpha band.
func onColours(image *vips.Image, v, alpha float64) []float64 {
	bands := make([]float64, image.Bands())
	for i := range bands {
		bands[i] = v
	}
	if image.HasAlpha() {
		bands[len(bands)-1] = alpha
	}
	return bands
}

// usualSharpen is the amount of sharpening that corresponds to libvips'
// default slope for edges, 3.
const usualSharpen = 10

// sharpen raises the contrast at edges, not in flat areas.
func sharpen(p *picture, r transform.Recipe) error {
	if !r.Sharpen.On {
		return nil
	}
	amount := r.Sharpen.Amount
	if amount == 0 {
		amount = usualSharpen
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return through(frame,
			func(i *vips.Image) (*vips.Image, error) {
				return i.Sharpen(vips.SharpenOptions{M2: 3 * amount / usualSharpen})
			},
			toSRGB,
		)
	})
}
