//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// multiply multiplies the colours of every frame by those of a layer at a
// position. By W3C Compositing and Blending, with colours c and alphas a of
// the layer s and the image b, all from 0 to 1,
//
//	co = cs as (1-ab) + cb ab (1-as) + as ab cs cb
//	ao = as + ab - as ab
//
// which is the layer where the image is transparent, and the image times the
// layer on white elsewhere. libvips' own mode applies the layer's alpha
// twice.
func (p *picture) multiply(layer *vips.Image, at transform.Point) error {
	const full = 255
	size := p.facts.Size
	white := []float64{full, full, full}
	// In floats: 8 bits would be truncated before the multiplication.
	onWhite, err := through(layer,
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatFloat) },
		func(i *vips.Image) (*vips.Image, error) { return i.Flatten(white) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Embed(at.X, at.Y, size.Width, size.Height, vips.ExtendBackground, white)
		},
	)
	if err != nil {
		return err
	}
	if !p.facts.Alpha {
		return p.each(func(frame *vips.Image) (*vips.Image, error) {
			return through(frame,
				func(i *vips.Image) (*vips.Image, error) { return i.Multiply(onWhite) },
				func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1.0 / full}, []float64{0.5}, true) },
			)
		})
	}
	if onWhite, err = onWhite.BandjoinConst(full); err != nil {
		return err
	}
	alone, err := through(layer,
		(*vips.Image).Premultiply,
		func(i *vips.Image) (*vips.Image, error) {
			return i.Embed(at.X, at.Y, size.Width, size.Height, vips.ExtendBlack, nil)
		},
	)
	if err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
			bare, err := through(i,
				func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(i.Bands()-1, 1) },
				func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{-1.0 / full}, []float64{1}, false) },
				func(i *vips.Image) (*vips.Image, error) { return i.Multiply(alone) },
			)
			if err != nil {
				return nil, err
			}
			return through(i,
				func(i *vips.Image) (*vips.Image, error) { return i.Multiply(onWhite) },
				func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1.0 / full}, []float64{0}, false) },
				func(i *vips.Image) (*vips.Image, error) { return i.Add(bare) },
			)
		})
	})
}
