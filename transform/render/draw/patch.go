//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// patch replaces a part of every frame by the result of draw. Its cost
// depends on the size of the part and not of the image.
func (p *picture) patch(part transform.Rect, draw func(*vips.Image) (*vips.Image, error)) error {
	if p.patches >= steps.MostPatches {
		if err := p.settle(); err != nil {
			return err
		}
	}
	p.patches++
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		frame, err := unmarked(frame)
		if err != nil {
			return nil, err
		}
		patch, err := through(frame,
			func(i *vips.Image) (*vips.Image, error) {
				return i.ExtractArea(part.X, part.Y, part.Width, part.Height)
			},
			draw, // the mark may come from the inserted image
			unmarked,
		)
		if err != nil {
			return nil, err
		}
		return frame.Insert(patch, part.X, part.Y)
	})
}

// unmarked returns the image without the mark for sequential access. If one
// of two images is marked, libvips discards cached rows of the marked one's
// file 1024 rows below the insertion. Here the other one comes from the same
// file, which is read once.
func unmarked(i *vips.Image) (*vips.Image, error) {
	i, err := i.Copy()
	if err != nil {
		return nil, err
	}
	i.Remove(vips.FieldSequential)
	return i, nil
}
