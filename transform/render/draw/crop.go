//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// crop keeps a part of the image. A salient part is searched in the first
// frame, so that an animation does not jump.
func crop(p *picture, r transform.Recipe) error {
	if r.CropFirst {
		return nil // scale did it
	}
	keep := r.Crop
	p.cropped = keep.Point
	if keep.Size == p.facts.Size {
		return nil
	}
	if r.Seek {
		if err := p.settle(); err != nil {
			return err
		}
		var err error
		if keep.Point, err = p.seek(keep.Size, r.Scale); err != nil {
			return err
		}
	}
	p.cropped = keep.Point
	if err := p.leaveRows(p.facts.Size.Height - keep.Y - keep.Height); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return frame.ExtractArea(keep.X, keep.Y, keep.Width, keep.Height)
	})
}
