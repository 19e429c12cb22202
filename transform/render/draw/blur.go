//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// blur applies a Gaussian with a standard deviation of half the radius.
func blur(p *picture, r transform.Recipe) error {
	if r.Blur == 0 {
		return nil
	}
	row := vips.GaussRow(r.Blur / 2)
	return p.atOnce(func(frame *vips.Image) (*vips.Image, error) { return frame.Blur(row) })
}

// atOnce replaces every frame by the result of draw, in memory. The previous
// frame is freed before the next one is made.
func (p *picture) atOnce(draw func(*vips.Image) (*vips.Image, error)) error {
	if err := p.settle(); err != nil {
		return err
	}
	err := p.each(func(frame *vips.Image) (*vips.Image, error) {
		drawn, err := draw(frame)
		if err == nil && frame != p.timing {
			frame.Close()
		}
		return drawn, err
	})
	p.inMemory, p.patches = err == nil, 0
	return err
}

// unsharp adds the difference between the image and its blurred copy where it
// exceeds the threshold: ImageMagick's operator of this name, whose four
// numbers ImageKit uses.
func unsharp(p *picture, r transform.Recipe) error {
	u := r.Unsharp
	if u.Sigma == 0 || u.Amount == 0 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	kernel := gaussian(u.Radius, u.Sigma)
	if reach := len(kernel) / 2; reach > steps.WidestMask {
		row := vips.GaussRowTo(reach, u.Sigma)
		return p.atOnce(func(frame *vips.Image) (*vips.Image, error) {
			return frame.Unsharp(row, vips.UnsharpOptions{Amount: u.Amount, Threshold: u.Threshold * 255})
		})
	}
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

// beyond returns the difference where its absolute value exceeds the
// threshold, and 0 elsewhere.
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

// gaussian returns a row of a Gaussian kernel with sum 1 and the given
// radius; a radius of 0 means as far as the kernel matters.
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
