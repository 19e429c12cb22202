//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// trim cuts away a margin of one colour, that of the top left pixel. The first
// frame decides for all. A picture that is all margin stays as it is.
func trim(p *picture, t transform.Trim) error {
	if !t.On {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	if err := orient(p, transform.Recipe{}); err != nil {
		return err
	}
	// The threshold is in steps of 8 bits.
	if err := colour(p, transform.Recipe{}); err != nil {
		return err
	}
	size := p.facts.Size
	if min(size.Width, size.Height) < leastTrim {
		return nil
	}
	threshold := t.Threshold
	if threshold == 0 {
		threshold = transform.DefaultTrim
	}
	keep, err := withoutMargin(p.frame, float64(threshold))
	if err != nil {
		return err
	}
	if keep.Width == 0 || keep.Size == size {
		return nil
	}
	p.facts.Area = p.facts.Area.Within(keep)
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return frame.ExtractArea(keep.X, keep.Y, keep.Width, keep.Height)
	})
}

// leastTrim is the side of the window through which libvips looks for a margin,
// so that a speck of dust does not end it.
const leastTrim = 3

// withoutMargin finds what differs from the margin in its colour or in its
// alpha. For the colours, libvips lays the image over that of the margin.
func withoutMargin(image *vips.Image, threshold float64) (transform.Rect, error) {
	keep, err := findTrim(image, threshold)
	if err != nil || !image.HasAlpha() {
		return keep, err
	}
	alpha, err := image.ExtractBand(image.Bands()-1, 1)
	if err != nil {
		return keep, err
	}
	opaque, err := findTrim(alpha, threshold)
	return union(keep, opaque), err
}

func findTrim(image *vips.Image, threshold float64) (r transform.Rect, err error) {
	r.X, r.Y, r.Width, r.Height, err = image.FindTrim(threshold, nil)
	return r, err
}

// union is the smallest rectangle around both, of which one may be empty.
func union(a, b transform.Rect) transform.Rect {
	if a.Width == 0 || a.Height == 0 {
		return b
	}
	if b.Width == 0 || b.Height == 0 {
		return a
	}
	right, bottom := max(a.X+a.Width, b.X+b.Width), max(a.Y+a.Height, b.Y+b.Height)
	a.X, a.Y = min(a.X, b.X), min(a.Y, b.Y)
	a.Width, a.Height = right-a.X, bottom-a.Y
	return a
}
