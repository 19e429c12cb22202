//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// scale resizes the whole image. It precedes orient, since rotating a small
// image is cheaper, and so may have to swap width and height.
func scale(p *picture, r transform.Recipe) error {
	if r.Scale == p.facts.Size {
		return nil
	}
	if r.CropFirst {
		return p.scalePart(r)
	}
	target := stored(r.Scale, p.frame)
	if err := p.scaleOnLoad(target); err != nil {
		return err
	}
	err := p.each(func(frame *vips.Image) (*vips.Image, error) {
		if frame.Width() == target.Width && frame.Height() == target.Height {
			return frame, nil
		}
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
			return resized(i, target, vips.KernelLanczos3)
		})
	})
	p.facts.Size = r.Scale
	return err
}

// scalePart enlarges only the part of the image that crop keeps: covering a
// wide box with an image one pixel wide would otherwise create an enormous
// intermediate.
//
// A salient part is searched in the image before it is enlarged, which shows
// as much.
func (p *picture) scalePart(r transform.Recipe) error {
	keep := r.Crop
	if r.Seek {
		if redrawn := p.untouched && isDrawing(p.source); !redrawn { // a drawing is read again
			if err := p.settle(); err != nil {
				return err
			}
		}
		var err error
		if keep.Point, err = p.seek(keep.Size, r.Scale); err != nil {
			return err
		}
	}
	p.cropped = keep.Point
	target := stored(r.Scale, p.frame)
	part := keep.Stored(p.frame.Orientation(), r.Scale)
	if err := p.leaveRows(target.Height - part.Y - part.Height); err != nil {
		return err
	}
	if err := p.scaleOnLoad(target); err != nil {
		return err
	}
	err := p.each(func(frame *vips.Image) (*vips.Image, error) {
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
			return resizedPart(i, target, part, vips.KernelLanczos3)
		})
	})
	p.facts.Size = keep.Size
	return err
}

// stored returns a size in the orientation of the image as stored.
func stored(s transform.Size, image *vips.Image) transform.Size {
	if isTurned(image) {
		return transform.Size{Width: s.Height, Height: s.Width}
	}
	return s
}

func resized(i *vips.Image, to transform.Size, kernel vips.Kernel) (*vips.Image, error) {
	return i.Resize(float64(to.Width)/float64(i.Width()), float64(to.Height)/float64(i.Height()), kernel)
}

// resizedPart returns a part of a resized image. When enlarging, only the
// part is computed. The kernel must enlarge by bicubic interpolation.
func resizedPart(i *vips.Image, to transform.Size, part transform.Rect, kernel vips.Kernel) (*vips.Image, error) {
	small := transform.Size{Width: min(to.Width, i.Width()), Height: min(to.Height, i.Height())}
	if small.Width != i.Width() || small.Height != i.Height() {
		var err error
		if i, err = resized(i, small, kernel); err != nil {
			return nil, err
		}
	}
	if small == to {
		return i.ExtractArea(part.X, part.Y, part.Width, part.Height)
	}
	across, down := float64(to.Width)/float64(i.Width()), float64(to.Height)/float64(i.Height())
	return i.Enlarge(across, down, part.X, part.Y, part.Width, part.Height)
}

// shrinking returns the minimum ratio between the file's size and the scaled
// size.
func (p *picture) shrinking(target transform.Size) float64 {
	return max(
		float64(target.Width)/float64(p.frame.Width()),
		float64(target.Height)/float64(p.frame.PageHeight()),
	)
}

// scaleOnLoad opens the file again, to be decoded at a size closer to the
// target but not below it. For a large JPEG that saves most of the work;
// vector drawings are drawn at the final size.
func (p *picture) scaleOnLoad(target transform.Size) error {
	if !p.untouched {
		return nil
	}
	factor := p.shrinking(target)
	options := vips.LoadOptions{}
	switch p.source {
	case sniff.JPEG:
		for _, shrink := range []int{8, 4, 2} {
			if factor*float64(shrink) <= 1 {
				options.Shrink = shrink
				break
			}
		}
		if options.Shrink == 0 {
			return nil
		}
	case sniff.WebP:
		if factor >= 1 {
			return nil
		}
		options.Scale = factor
	case sniff.SVG:
		return p.redraw(target)
	case sniff.PDF:
		return p.redrawPage(target)
	default:
		return nil
	}
	small, err := p.load(options)
	if err != nil {
		return err
	}
	p.frame = small
	return nil
}
