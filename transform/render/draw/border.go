//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// border frames the picture, which grows by it. Under rounded corners the inner
// edge of the frame is rounded too, so that the frame is equally wide all around.
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
		if radii != [4]float64{} {
			rounded, err := round(frame, radii)
			if err != nil {
				return nil, err
			}
			if frame, err = over(rounded, r.BorderColor); err != nil {
				return nil, err
			}
		}
		var err error
		if r.BorderColor.A != 255 {
			if frame, err = withAlpha(frame); err != nil {
				return nil, err
			}
		}
		return frame.Embed(r.Border, r.Border, w+2*r.Border, h+2*r.Border, vips.ExtendBackground, ink(r.BorderColor, frame.HasAlpha()))
	})
}

// over lays an image over a colour.
func over(image *vips.Image, c transform.Color) (*vips.Image, error) {
	if c.A == 255 {
		return image.Flatten(ink(c, false))
	}
	under, err := image.Scope().NewSolid(image.Width(), image.Height(), ink(c, true)...)
	if err != nil {
		return nil, err
	}
	return through(under,
		func(i *vips.Image) (*vips.Image, error) { return i.Composite2(image, vips.BlendModeOver, 0, 0) },
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatUchar) },
	)
}
