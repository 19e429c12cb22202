//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// gradient draws a gradient over the image, including its transparent parts.
func gradient(p *picture, r transform.Recipe) error {
	if r.Gradient.IsZero() {
		return nil
	}
	size := p.facts.Size
	ramp, err := ramp(p.scope, r.Gradient, size.Width, size.Height)
	if err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return lay(ramp, frame) })
}

// ramp draws a gradient by a table of 256 colours.
func ramp(scope *vips.Scope, r transform.Ramp, w, h int) (*vips.Image, error) {
	table := make([]byte, 0, 4*256)
	for n := range 256 {
		c := r.Color(float64(n) / 255)
		table = append(table, c.R, c.G, c.B, c.A)
	}
	colours, err := scope.NewImageFromMemory(table, 256, 1, 4, vips.InterpretationSRGB)
	if err != nil {
		return nil, err
	}
	direction, err := scope.NewMatrix(2, r.Right, r.Down)
	if err != nil {
		return nil, err
	}
	places, err := scope.XYZ(w, h)
	if err != nil {
		return nil, err
	}
	middle := r.At + (r.Right+r.Down)/2
	return through(places,
		func(i *vips.Image) (*vips.Image, error) { return i.Recomb(direction) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{255}, []float64{255*middle + 0.5}, true)
		},
		func(i *vips.Image) (*vips.Image, error) { return i.Maplut(colours) },
		func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationSRGB) },
	)
}

// lay draws one image over another of the same size, which keeps its bands.
func lay(above, below *vips.Image) (*vips.Image, error) {
	laid, err := composed(above, below, vips.BlendModeOver, transform.Point{})
	if err != nil {
		return nil, err
	}
	return laid.ExtractBand(0, below.Bands())
}
