//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// crop keeps a part of the picture. A part that must be sought is sought in the
// first frame, so that an animation does not jump.
func crop(p *picture, r transform.Recipe) error {
	keep := r.Crop
	if keep.Size == p.facts.Size {
		return nil
	}
	if r.Seek {
		if err := p.settle(); err != nil {
			return err
		}
		found, err := p.frames[0].SmartCrop(keep.Width, keep.Height, vips.InterestingAttention)
		if err != nil {
			return err
		}
		keep.X, keep.Y = found.X, found.Y
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		return frame.ExtractArea(keep.X, keep.Y, keep.Width, keep.Height)
	})
}
