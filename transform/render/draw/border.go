//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// border frames the image, which grows by the border. With rounded corners
// the inner edge of the frame is rounded too, so that the frame has the same
// width everywhere.
func border(p *picture, r transform.Recipe) error {
	if r.Border == 0 {
		return nil
	}
	w, h := p.facts.Size.Width, p.facts.Size.Height
	radii := r.Corners
	for i := range radii {
		if radii[i] != transform.MaxRadius {
			radii[i] = math.Max(0, radii[i]-float64(r.Border))
		}
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		var err error
		if r.BorderColor.A != 255 {
			if frame, err = withAlpha(frame); err != nil {
				return nil, err
			}
		}
		if radii != [4]float64{} {
			if frame, err = inlay(frame, radii, ink(r.BorderColor, frame.HasAlpha())); err != nil {
				return nil, err
			}
		}
		return frame.Embed(r.Border, r.Border, w+2*r.Border, h+2*r.Border, vips.ExtendBackground, ink(r.BorderColor, frame.HasAlpha()))
	})
}

// inlay keeps the image inside of a rounded rectangle and fills the rest with
// the colour. It does not draw one over the other: the colour must not show
// through transparent parts.
func inlay(image *vips.Image, radii [4]float64, colour []float64) (*vips.Image, error) {
	mask, err := shape(image, radii)
	if err != nil {
		return nil, err
	}
	around, err := image.Scope().NewSolid(image.Width(), image.Height(), colour...)
	if err != nil {
		return nil, err
	}
	return mask.Ifthenelse(image, around, true)
}

// over draws an image over a colour.
func over(image *vips.Image, c transform.Color) (*vips.Image, error) {
	if c.A == 255 {
		return image.Flatten(ink(c, false))
	}
	under, err := image.Scope().NewSolid(image.Width(), image.Height(), ink(c, true)...)
	if err != nil {
		return nil, err
	}
	return composed(image, under, vips.BlendModeOver, transform.Point{})
}
