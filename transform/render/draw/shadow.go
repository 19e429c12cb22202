//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// shadow puts a blurred, shifted and darkened copy of the image's shape under
// it. An opaque image hides its own shadow.
func shadow(p *picture, r transform.Recipe) error {
	if !r.Shadow.On || !p.facts.Alpha {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		dark, err := cast(frame, r.Shadow)
		if err != nil {
			return nil, err
		}
		return lay(frame, dark)
	})
}

// cast returns the shadow of an image alone: black, with the image's alpha.
// It is blurred on a canvas with a margin, since everything beyond the edge
// is transparent.
func cast(image *vips.Image, s transform.Shadow) (*vips.Image, error) {
	w, h := image.Width(), image.Height()
	right := int(math.Round(s.Right / 100 * float64(w)))
	down := int(math.Round(s.Down / 100 * float64(h)))
	sigma := s.Blur / 2
	room := int(math.Ceil(3 * sigma))
	operations := []func(*vips.Image) (*vips.Image, error){
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(i.Bands()-1, 1) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Embed(room+right, room+down, w+2*room, h+2*room, vips.ExtendBlack, nil)
		},
	}
	if sigma > 0 {
		operations = append(operations, func(i *vips.Image) (*vips.Image, error) { return i.Blur(vips.GaussRow(sigma)) })
	}
	alpha, err := through(image, append(operations,
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractArea(room, room, w, h) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{s.Strength / 100}, []float64{0.5}, true)
		},
	)...)
	if err != nil {
		return nil, err
	}
	black, err := image.Scope().NewSolid(w, h, 0, 0, 0)
	if err != nil {
		return nil, err
	}
	return black.Bandjoin(alpha)
}
