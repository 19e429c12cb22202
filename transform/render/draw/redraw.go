//go:build cgo

package draw

import (
	"fmt"
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// largestDrawing is the longest side that cairo supports.
const largestDrawing = 32767

// natural returns the natural size of an SVG.
func (p *picture) natural() (exact transform.Shape, whole transform.Size) {
	n := p.scalable.Natural
	whole.Width, whole.Height = n.Pixels(p.enlarged)
	return transform.Shape{Width: n.Width * p.enlarged, Height: n.Height * p.enlarged}, whole
}

// loadAt opens an SVG to be drawn at a size.
func (p *picture) loadAt(size transform.Size) (*vips.Image, error) {
	image, err := p.decode(p.scalable.At(size.Width, size.Height), vips.LoadOptions{})
	if err != nil {
		return nil, err
	}
	// Estimates and limits were checked for this size.
	if image.Width() != size.Width || image.Height() != size.Height {
		return nil, errors.New(errors.BadImage, "The SVG's size is malformed, or is in a style that does not end").
			Because(fmt.Errorf("%dx%d instead of %dx%d", image.Width(), image.Height(), size.Width, size.Height))
	}
	return image, nil
}

// redraw opens an SVG again, to be drawn at the target's size, or as close to
// it as possible.
func (p *picture) redraw(target transform.Size) error {
	image, err := p.loadAt(p.drawable(target))
	if err != nil {
		return err
	}
	p.frame = image
	return nil
}

// drawable returns the size to draw an SVG at for a target: the target's,
// unless that exceeds the limits, or has another shape that would add margins
// to the drawing. Resizing does the rest.
func (p *picture) drawable(target transform.Size) transform.Size {
	w, h := float64(target.Width), float64(target.Height)
	if own, _ := p.natural(); !p.scalable.Stretches() && math.Abs(w*own.Height-h*own.Width) >= max(own.Width, own.Height) {
		factor := max(w/own.Width, h/own.Height)
		w, h = own.Width*factor, own.Height*factor
	}
	factor := min(1, p.mostDrawn(w, h)/max(w, h))
	whole := func(v float64) int { return max(1, int(math.Floor(v*factor+0.5))) }
	return transform.Size{Width: whole(w), Height: whole(h)}
}
