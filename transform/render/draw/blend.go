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

// blend makes one image of every frame and a layer's image at a place.
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
	// What is opaque stays so, unless a hole is made in it.
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
	// Other modes change what is beside the layer too, which at least gets an
	// alpha. And from half the image on a part of it saves little.
	if mode != vips.BlendModeOver || under.Pixels() > p.facts.Size.Pixels()/2 {
		return p.each(func(frame *vips.Image) (*vips.Image, error) { return blended(frame, at) })
	}
	return p.patch(under, func(part *vips.Image) (*vips.Image, error) {
		return blended(part, transform.Point{X: at.X - under.X, Y: at.Y - under.Y})
	})
}

// composed puts one image upon another at a place, which keeps its size and gets
// an alpha.
func composed(above, below *vips.Image, mode vips.BlendMode, at transform.Point) (*vips.Image, error) {
	return through(below,
		// In floats and to the nearest of 256: libvips would cut off, and 127 end as 126.
		func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatFloat) },
		func(i *vips.Image) (*vips.Image, error) { return i.Composite2(above, mode, at.X, at.Y) },
		func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1}, []float64{0.5}, true) },
	)
}

// displace takes every pixel of every frame from where the layer's red and
// green say. What would come from beyond the image is its outermost pixel.
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
	// A pixel is made of those around it, which at the edge are copies.
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

// shifts are two bands of floats, how far to go across and down for each pixel of
// a layer: nowhere where it is transparent.
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

// between is each band of the image, at least 0 and at most its most.
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
