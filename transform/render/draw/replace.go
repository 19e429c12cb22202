//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// What counts as similar to a colour, in units of CIELAB. Lightness counts
// less than hue, since shades of one object differ mostly in that. Around
// what is fully replaced there is a margin that is partly replaced, so that
// edges are smooth.
const (
	lightness = 0.5
	margin    = 1.25
	exact     = 1.5 // rounding of one colour to 8 bits
)

// replace moves a colour, and similar ones, to another one.
func replace(p *picture, r transform.Recipe) error {
	if !r.Replace.On {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	from := r.Replace.From
	if r.Replace.Dominant {
		var err error
		if from, err = p.dominant(); err != nil {
			return err
		}
	}
	source, err := p.lab(from)
	if err != nil {
		return err
	}
	target, err := p.lab(r.Replace.To)
	if err != nil {
		return err
	}
	seen := float64(r.Replace.To.A) / 255
	step := make([]float64, 3)
	for n := range step {
		step[n] = seen * (target[n] - source[n])
	}
	inner := float64(r.Replace.Tolerance) + exact
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return inLab(frame, func(lab *vips.Image) (*vips.Image, error) {
			like, err := p.likeness(lab, source, inner, inner*margin)
			if err != nil {
				return nil, err
			}
			return through(like,
				func(i *vips.Image) (*vips.Image, error) {
					return i.Linear([]float64{step[0] / 255, step[1] / 255, step[2] / 255}, []float64{0, 0, 0}, false)
				},
				lab.Add,
			)
		})
	})
}

// likeness returns one band: 255 up to the inner distance from a colour, 0
// from the outer one on, and a quadratic transition between.
func (p *picture) likeness(lab *vips.Image, colour []float64, inner, outer float64) (*vips.Image, error) {
	sum, err := p.scope.NewMatrix(3, 1, 1, 1)
	if err != nil {
		return nil, err
	}
	apart, err := lab.Linear([]float64{lightness, 1, 1}, []float64{-lightness * colour[0], -colour[1], -colour[2]}, false)
	if err != nil {
		return nil, err
	}
	slope := 255 / (outer*outer - inner*inner)
	return through(apart,
		apart.Multiply,
		func(i *vips.Image) (*vips.Image, error) { return i.Recomb(sum) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{-slope}, []float64{slope*outer*outer + 0.5}, true)
		},
	)
}
