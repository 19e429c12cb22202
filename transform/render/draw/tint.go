//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// colorize tints the image in CIELAB: lightness stays, and the two colour
// axes move towards those of the colour.
func colorize(p *picture, r transform.Recipe) error {
	if r.Colorize.Intensity == 0 {
		return nil
	}
	c := r.Colorize.Color
	share := float64(r.Colorize.Intensity) / 100 * float64(c.A) / 255
	tint, err := p.lab(c)
	if err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return inLab(frame, func(lab *vips.Image) (*vips.Image, error) {
			return lab.Linear(
				[]float64{1, 1 - share, 1 - share},
				[]float64{0, share * tint[1], share * tint[2]},
				false,
			)
		})
	})
}

// lab returns a colour as CIELAB: lightness from 0 to 100, and the axes from
// green to red and from blue to yellow.
func (p *picture) lab(c transform.Color) ([]float64, error) {
	pixel, err := p.scope.NewSolid(1, 1, ink(c, false)...)
	if err != nil {
		return nil, err
	}
	defer pixel.Close()
	if pixel, err = pixel.Colourspace(vips.InterpretationLAB); err != nil {
		return nil, err
	}
	return pixel.Getpoint(0, 0)
}

// inLab runs draw on the colours of an image as CIELAB, without its alpha.
func inLab(image *vips.Image, draw func(*vips.Image) (*vips.Image, error)) (*vips.Image, error) {
	colours, err := image.ExtractBand(0, 3)
	if err != nil {
		return nil, err
	}
	colours, err = through(colours,
		func(i *vips.Image) (*vips.Image, error) { return i.Colourspace(vips.InterpretationLAB) },
		draw,
		func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationLAB) },
		toSRGB,
	)
	if err != nil || !image.HasAlpha() {
		return colours, err
	}
	alpha, err := image.ExtractBand(3, 1)
	if err != nil {
		return nil, err
	}
	return colours.Bandjoin(alpha)
}
