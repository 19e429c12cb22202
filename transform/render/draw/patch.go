//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// mostPatches is how many patches lie on each other at most before the image
// is computed. At the edges of a patch the image may be computed twice, for
// what is around it and for what is under it, and with each that covers the
// same edge twice as often. libvips shares nearly all of that work, but does
// not say so.
const mostPatches = 4

// patch replaces a part of every frame by what draw makes of it, which then
// costs what the part is large and not what the image is.
func (p *picture) patch(part transform.Rect, draw func(*vips.Image) (*vips.Image, error)) error {
	if p.patches >= mostPatches {
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
			draw, // the mark may come from what is drawn on it
			unmarked,
		)
		if err != nil {
			return nil, err
		}
		return frame.Insert(patch, part.X, part.Y)
	})
}

// unmarked returns the image without the mark that its pixels are read from
// top to bottom. Where one of two is marked, libvips forgets, 1024 rows below
// what it inserts, the rows that it has at hand of the file which that came
// from. Here the other one comes from the same file, which is read once.
func unmarked(i *vips.Image) (*vips.Image, error) {
	i, err := i.Copy()
	if err != nil {
		return nil, err
	}
	i.Remove(vips.FieldSequential)
	return i, nil
}
