//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

var blendModes = map[transform.Blend]vips.BlendMode{
	transform.BlendOver:   vips.BlendModeOver,
	transform.BlendCutout: vips.BlendModeDestOut,
	transform.BlendCutter: vips.BlendModeDestIn,
}

// blend blends a layer's image into every frame at a position.
func (p *picture) blend(layer *vips.Image, at transform.Point, l transform.Layer) error {
	layer, err := withAlpha(layer)
	if err != nil {
		return err
	}
	switch l.Blend {
	case transform.BlendDisplace:
		return p.displace(layer, at, l.Shift)
	case transform.BlendMultiply:
		return p.multiply(layer, at)
	}
	mode := blendModes[l.Blend]
	// An opaque image stays opaque, unless a hole is cut.
	opaque := !p.facts.Alpha && mode == vips.BlendModeOver
	blended := func(frame *vips.Image, at transform.Point) (*vips.Image, error) {
		frame, err := composed(layer, frame, mode, at)
		if err != nil || !opaque {
			return frame, err
		}
		return frame.ExtractBand(0, frame.Bands()-1)
	}
	under := transform.Rect{Point: at, Size: transform.Size{Width: layer.Width(), Height: layer.Height()}}.
		Within(transform.Rect{Size: p.facts.Size})
	// Other modes also change pixels beside the layer, if only by adding
	// alpha. And from half of the image on, drawing only a part saves little.
	if mode != vips.BlendModeOver || under.Pixels() > p.facts.Size.Pixels()/2 {
		return p.each(func(frame *vips.Image) (*vips.Image, error) { return blended(frame, at) })
	}
	return p.patch(under, func(part *vips.Image) (*vips.Image, error) {
		return blended(part, transform.Point{X: at.X - under.X, Y: at.Y - under.Y})
	})
}

// composed blends one image over another at a position. The result has the
// size of the latter and alpha.
func composed(above, below *vips.Image, mode vips.BlendMode, at transform.Point) (*vips.Image, error) {
	return through(below,
		// In floats and rounded: libvips would truncate, and 127 become 126.
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatFloat) },
		func(i *vips.Image) (*vips.Image, error) { return i.Composite2(above, mode, at.X, at.Y) },
		func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1}, []float64{0.5}, true) },
	)
}

// displace moves every pixel of every frame by the layer's red and green.
// Beyond the image the outermost pixels are repeated.
func (p *picture) displace(layer *vips.Image, at transform.Point, by transform.Shift) error {
	own, size := transform.Size{Width: layer.Width(), Height: layer.Height()}, p.facts.Size
	x, y, err := by.In(transform.Facts{Size: own, Base: size})
	if err != nil {
		return err
	}
	if err := p.settle(); err != nil {
		return err
	}
	way, err := shifts(layer, x, y)
	if err != nil {
		return err
	}
	if way, err = way.Embed(at.X, at.Y, size.Width, size.Height, vips.ExtendBlack, nil); err != nil {
		return err
	}
	places, err := p.scope.XYZ(size.Width, size.Height)
	if err != nil {
		return err
	}
	// Interpolation needs the neighbours of a pixel, which are copies at the
	// edge.
	const margin = 3
	places, err = through(places,
		way.Add,
		func(i *vips.Image) (*vips.Image, error) {
			return between(i, float64(size.Width-1), float64(size.Height-1))
		},
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{1, 1}, []float64{margin, margin}, false)
		},
	)
	if err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
			i, err := i.Embed(margin, margin, size.Width+2*margin, size.Height+2*margin, vips.ExtendCopy, nil)
			if err != nil {
				return nil, err
			}
			return i.Mapim(places, make([]float64, i.Bands()))
		})
	})
}

// shifts returns two bands of floats, the displacement of each pixel of a
// layer: 0 where it is transparent.
func shifts(layer *vips.Image, x, y float64) (*vips.Image, error) {
	const neutral = 128
	way, err := through(layer,
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(0, 2) },
		func(i *vips.Image) (*vips.Image, error) {
			return i.Linear([]float64{x / neutral, y / neutral}, []float64{-x, -y}, false)
		},
	)
	if err != nil {
		return nil, err
	}
	seen, err := through(layer,
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(i.Bands()-1, 1) },
		func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1.0 / 255}, []float64{0}, false) },
	)
	if err != nil {
		return nil, err
	}
	return way.Multiply(seen)
}

// between clamps each band of the image to 0 to its most.
func between(image *vips.Image, most ...float64) (*vips.Image, error) {
	zeros := make([]float64, len(most))
	for _, bound := range []struct {
		beyond vips.Relational
		values []float64
	}{{vips.RelationalLess, zeros}, {vips.RelationalMore, most}} {
		outside, err := image.RelationalConst(bound.beyond, bound.values...)
		if err != nil {
			return nil, err
		}
		edge, err := image.Linear(zeros, bound.values, false)
		if err != nil {
			return nil, err
		}
		if image, err = outside.Ifthenelse(edge, image, false); err != nil {
			return nil, err
		}
	}
	return image, nil
}
