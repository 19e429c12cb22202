//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/colorimetry"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// colour converts the image to 8-bit sRGB, once, so that no later step has to
// consider anything else. If the profile is to be kept, RGB stays in the
// profile's space, unless layers in sRGB are drawn. Colours that are
// described in another way are always converted: the result does not describe
// them.
func colour(p *picture, _ transform.Recipe) error {
	if p.coloured {
		return nil
	}
	p.coloured = true
	described := header.ColoursOf(p.job.Original, p.source)
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		if described.Prevails {
			frame.Remove(vips.FieldProfile)
			return asDescribed(frame, described)
		}
		if frame.HasProfile() && p.keepsProfile() && isRGB(frame) && !p.job.Plan.HasLayers() {
			return toEightBit(frame)
		}
		if frame.HasProfile() || frame.Interpretation() == vips.InterpretationCMYK {
			// A CMYK file without a profile is read with libvips' own. A
			// profile that does not fit the image, as in broken files, is
			// ignored. Black must become black: lcms ensures that itself if
			// the output profile is of version 4, as libvips' own is since
			// 8.15.
			converted, err := frame.IccTransform("srgb", vips.ICCOptions{Embedded: true, Input: inputProfile(frame), BlackPoint: true})
			if err == nil {
				return toSRGB(converted)
			}
			frame.Remove(vips.FieldProfile)
		}
		return asDescribed(frame, described)
	})
}

// asDescribed converts an image without a profile according to its file's
// colour description.
func asDescribed(image *vips.Image, described header.Colours) (*vips.Image, error) {
	space, foreign := colorimetry.Of(described)
	if !foreign || !isRGB(image) && !isGray(image) {
		return toSRGB(image)
	}
	most, full := 255, 255
	switch image.BandFormat() {
	case vips.BandFormatUchar:
	case vips.BandFormatUshort:
		most, full = 65535, 65535
		// 10 and 12 bits are the upper ones of 16.
		if depth := depthOf(image); depth > 8 && depth < 16 {
			full = (1<<depth - 1) << (16 - depth)
		}
	default:
		return toSRGB(image)
	}
	c := space.Conversion(most, full)
	r := vips.Recolouring{Light: c.Light, Matrix: c.Matrix, Encode: colorimetry.Encode()}
	if s := c.System; s != nil {
		r.Tone, r.Most, r.Luma, r.Exponent = s.Tone, s.Most, s.Luma, s.Exponent
	}
	return image.Recolour(r)
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

func isGray(image *vips.Image) bool {
	space := image.Interpretation()
	return space == vips.InterpretationBW || space == vips.InterpretationGrey16
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

// toEightBit drops the lower bits of 16-bit samples without converting
// colours.
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
