//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// colour brings the picture to sRGB with 8 bits, once, so that no step after it
// has to think of another. With a profile that is to be kept, RGB stays in the
// profile's own space, unless layers in sRGB are drawn on it.
func colour(p *picture, _ transform.Recipe) error {
	if p.coloured {
		return nil
	}
	p.coloured = true
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		if frame.HasProfile() && p.keepsProfile() && isRGB(frame) && !p.job.Plan.HasLayers() {
			return toEightBit(frame)
		}
		if frame.HasProfile() || frame.Interpretation() == vips.InterpretationCMYK {
			// A CMYK file without a profile is read with the one that libvips
			// brings along. A profile that does not fit the picture, as broken
			// files have, is as good as none.
			converted, err := frame.IccTransform("srgb", vips.ICCOptions{Embedded: true, Input: inputProfile(frame)})
			if err == nil {
				return toSRGB(converted)
			}
			frame.Remove(vips.FieldProfile)
		}
		return toSRGB(frame)
	})
}

func inputProfile(image *vips.Image) string {
	if image.Interpretation() == vips.InterpretationCMYK {
		return "cmyk"
	}
	return "srgb"
}

func isRGB(image *vips.Image) bool {
	space := image.Interpretation()
	return space == vips.InterpretationSRGB || space == vips.InterpretationRGB || space == vips.InterpretationRGB16
}

func toSRGB(image *vips.Image) (*vips.Image, error) {
	if image.Interpretation() == vips.InterpretationSRGB && image.BandFormat() == vips.BandFormatUchar {
		return image, nil
	}
	return through(image,
		func(i *vips.Image) (*vips.Image, error) { return i.Colourspace(vips.InterpretationSRGB) },
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatUchar) },
	)
}

// toEightBit drops the lower bits of 16, without touching the colours.
func toEightBit(image *vips.Image) (*vips.Image, error) {
	if image.BandFormat() != vips.BandFormatUshort {
		return image, nil
	}
	scale, zero := make([]float64, image.Bands()), make([]float64, image.Bands())
	for i := range scale {
		scale[i] = 1.0 / 256
	}
	return through(image,
		func(i *vips.Image) (*vips.Image, error) { return i.Linear(scale, zero, true) },
		func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationSRGB) },
	)
}
