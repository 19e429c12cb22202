//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

var rightAngles = map[float64]vips.Angle{90: vips.Angle90, 180: vips.Angle180, 270: vips.Angle270}

// rotate rotates the image. New corners are transparent.
func rotate(p *picture, r transform.Recipe) error {
	if r.Rotate == 0 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	p.facts.Exact = transform.Shape{}
	if angle, right := rightAngles[r.Rotate]; right {
		return p.each(func(frame *vips.Image) (*vips.Image, error) { return frame.Rot(angle) })
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		frame, err := withAlpha(frame)
		if err != nil {
			return nil, err
		}
		// Unlike other operations this one premultiplies by itself.
		return frame.Rotate(r.Rotate, ink(transform.Color{}, true))
	})
}

// flip mirrors the image.
func flip(p *picture, r transform.Recipe) error {
	if r.Flip == (transform.Flip{}) {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		var err error
		if r.Flip.Horizontal {
			if frame, err = frame.Flip(vips.DirectionHorizontal); err != nil {
				return nil, err
			}
		}
		if r.Flip.Vertical {
			return frame.Flip(vips.DirectionVertical)
		}
		return frame, nil
	})
}
