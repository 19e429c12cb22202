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
	threshold := t.Threshold
	if threshold == 0 {
		threshold = transform.DefaultTrim
	}
	x, y, w, h, err := p.frames[0].FindTrim(float64(threshold), nil)
	if err != nil {
		return err
	}
	if w == 0 || h == 0 || w == p.facts.Size.Width && h == p.facts.Size.Height {
		return nil
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return frame.ExtractArea(x, y, w, h) })
}
