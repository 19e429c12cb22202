//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// trim removes a margin in the colour of most corners. The first frame
// decides for all. An image that is all margin stays as it is.
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
	// The threshold is in 8-bit steps.
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

// leastTrim is the side of libvips' search window for a margin, so that a
// speck of dust does not end it.
const leastTrim = 3

// withoutMargin finds the area that differs from the margin in colour or
// alpha. For colours libvips composes the image over the margin's colour.
func withoutMargin(image *vips.Image, threshold float64) (transform.Rect, error) {
	margin, err := marginOf(image, threshold)
	if err != nil {
		return transform.Rect{}, err
	}
	if !image.HasAlpha() {
		return findTrim(image, threshold, margin)
	}
	last := image.Bands() - 1
	keep, err := findTrim(image, threshold, margin[:last])
	if err != nil {
		return keep, err
	}
	alpha, err := image.ExtractBand(last, 1)
	if err != nil {
		return keep, err
	}
	opaque, err := findTrim(alpha, threshold, margin[last:])
	return union(keep, opaque), err
}

// marginOf returns the corner pixel that most corners resemble, since one may
// belong to the subject. On a tie it is the first from the top left.
func marginOf(image *vips.Image, threshold float64) (margin []float64, err error) {
	right, bottom := image.Width()-1, image.Height()-1
	var corners [4][]float64
	for n, at := range [4][2]int{{0, 0}, {right, 0}, {0, bottom}, {right, bottom}} {
		if corners[n], err = image.Getpoint(at[0], at[1]); err != nil {
			return nil, err
		}
	}
	most := 0
	for _, corner := range corners {
		alike := 0
		for _, other := range corners {
			if isAlike(corner, other, threshold, image.HasAlpha()) {
				alike++
			}
		}
		if alike > most {
			most, margin = alike, corner
		}
	}
	return margin, nil
}

// isAlike reports whether two pixels differ by at most the threshold.
// Transparent colours are ignored.
func isAlike(a, b []float64, threshold float64, alpha bool) bool {
	if last := len(a) - 1; alpha && a[last] == 0 && b[last] == 0 {
		return true
	}
	for i := range a {
		if math.Abs(a[i]-b[i]) > threshold {
			return false
		}
	}
	return true
}

func findTrim(image *vips.Image, threshold float64, margin []float64) (r transform.Rect, err error) {
	r.X, r.Y, r.Width, r.Height, err = image.FindTrim(threshold, margin)
	return r, err
}

// union returns the smallest rectangle around both; one may be empty.
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
