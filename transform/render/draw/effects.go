//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

func grayscale(p *picture, r transform.Recipe) error {
	if !r.Grayscale {
		return nil
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return through(frame,
			func(i *vips.Image) (*vips.Image, error) { return i.Colourspace(vips.InterpretationBW) },
			toSRGB,
		)
	})
}

// onColours is v for each colour band, and alpha for the alpha band.
func onColours(image *vips.Image, v, alpha float64) []float64 {
	bands := make([]float64, image.Bands())
	for i := range bands {
		bands[i] = v
	}
	if image.HasAlpha() {
		bands[len(bands)-1] = alpha
	}
	return bands
}

// blur is a Gaussian whose standard deviation is half the radius.
func blur(p *picture, r transform.Recipe) error {
	if r.Blur == 0 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) { return i.GaussBlur(r.Blur / 2) })
	})
}

// usualSharpen is the amount of sharpen that makes libvips' own default slope
// for edges, 3.
const usualSharpen = 10

// sharpen raises the contrast at edges and leaves flat areas alone.
func sharpen(p *picture, r transform.Recipe) error {
	if !r.Sharpen.On {
		return nil
	}
	amount := r.Sharpen.Amount
	if amount == 0 {
		amount = usualSharpen
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return through(frame,
			func(i *vips.Image) (*vips.Image, error) {
				return i.Sharpen(vips.SharpenOptions{M2: 3 * amount / usualSharpen})
			},
			toSRGB,
		)
	})
}

// unsharp adds the difference between the picture and its blurred self, where
// that difference is more than the threshold: ImageMagick's operator of this
// name, whose four numbers ImageKit takes.
func unsharp(p *picture, r transform.Recipe) error {
	u := r.Unsharp
	if u.Sigma == 0 || u.Amount == 0 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	kernel := gaussian(u.Radius, u.Sigma)
	mask, err := p.scope.NewMatrix(len(kernel), kernel...)
	if err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		blurred, err := premultiplied(frame, func(i *vips.Image) (*vips.Image, error) { return i.Convsep(mask) })
		if err != nil {
			return nil, err
		}
		difference, err := frame.Subtract(blurred)
		if err != nil {
			return nil, err
		}
		if u.Threshold > 0 {
			if difference, err = beyond(difference, u.Threshold*255); err != nil {
				return nil, err
			}
		}
		return through(difference,
			func(i *vips.Image) (*vips.Image, error) {
				return i.Linear(onColours(frame, u.Amount, 0), onColours(frame, 0.5, 0), false)
			},
			frame.Add,
			func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatUchar) },
			func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationSRGB) },
		)
	})
}

// beyond is the difference where it is larger than the threshold in either
// direction, and 0 elsewhere.
func beyond(difference *vips.Image, threshold float64) (*vips.Image, error) {
	above, err := difference.RelationalConst(vips.RelationalMore, threshold)
	if err != nil {
		return nil, err
	}
	below, err := difference.RelationalConst(vips.RelationalLess, -threshold)
	if err != nil {
		return nil, err
	}
	large, err := above.Boolean(below, vips.BooleanOr)
	if err != nil {
		return nil, err
	}
	zero, err := difference.Linear(onColours(difference, 0, 0), onColours(difference, 0, 0), false)
	if err != nil {
		return nil, err
	}
	return large.Ifthenelse(difference, zero, false)
}

// gaussian is one row of a Gaussian kernel, its sum 1, that reaches radius
// pixels to either side; a radius of 0 reaches as far as the kernel matters.
func gaussian(radius, sigma float64) []float64 {
	reach := int(math.Ceil(radius))
	if reach == 0 {
		reach = int(math.Ceil(3 * sigma))
	}
	row, sum := make([]float64, 0, 2*reach+1), 0.0
	for x := -reach; x <= reach; x++ {
		v := math.Exp(-float64(x*x) / (2 * sigma * sigma))
		row = append(row, v)
		sum += v
	}
	for i := range row {
		row[i] /= sum
	}
	return row
}
