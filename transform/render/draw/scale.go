//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// scale resizes the whole picture. It comes before orient, since a small picture
// is turned at less cost, and so may have to swap its sides.
func scale(p *picture, r transform.Recipe) error {
	if r.Scale == p.facts.Size {
		return nil
	}
	target := r.Scale
	if isTurned(p.frames[0]) {
		target = transform.Size{Width: target.Height, Height: target.Width}
	}
	if err := p.scaleOnLoad(target); err != nil {
		return err
	}
	err := p.each(func(frame *vips.Image) (*vips.Image, error) {
		if frame.Width() == target.Width && frame.Height() == target.Height {
			return frame, nil
		}
		return premultiplied(frame, func(i *vips.Image) (*vips.Image, error) {
			return i.Resize(
				float64(target.Width)/float64(i.Width()),
				float64(target.Height)/float64(i.Height()),
				vips.KernelLanczos3,
			)
		})
	})
	p.facts.Size = r.Scale
	return err
}

// scaleOnLoad opens the file again, to be decoded at a size nearer to, and not
// below, the target. For a large JPEG that saves most of the work; what is made of
// lines is drawn as large as it will be.
func (p *picture) scaleOnLoad(target transform.Size) error {
	if !p.untouched {
		return nil
	}
	file := p.frames[0]
	factor := max(
		float64(target.Width)/float64(file.Width()),
		float64(target.Height)/float64(file.Height()),
	)
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
		return p.redraw(factor)
	case sniff.PDF:
		return p.redrawPage(target)
	default:
		return nil
	}
	small, err := p.load(options)
	if err != nil {
		return err
	}
	p.frames[0] = small
	return nil
}
