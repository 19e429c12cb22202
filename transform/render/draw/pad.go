//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// pad puts the image on a larger canvas. The rest of the canvas is the
// background; black if none is requested (ImageKit, "Background").
func pad(p *picture, r transform.Recipe) error {
	if r.Canvas == p.facts.Size {
		return nil
	}
	b := r.Background
	if b.On && (b.Kind == transform.BlurredBackground || b.Kind == transform.GradientBackground) {
		return padWithPicture(p, r)
	}
	fill := transform.Black
	if b.On {
		fill = p.backgroundColor(b)
		if p.facts.Alpha || fill.A != 255 || r.Shadow.On {
			fill = transform.Color{} // so that background and shadow show
		}
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		var err error
		if fill.A != 255 {
			if frame, err = withAlpha(frame); err != nil {
				return nil, err
			}
		}
		return frame.Embed(r.At.X, r.At.Y, r.Canvas.Width, r.Canvas.Height, vips.ExtendBackground, ink(fill, frame.HasAlpha()))
	})
}

// padWithPicture fills the canvas with an image made from the frame.
func padWithPicture(p *picture, r transform.Recipe) error {
	if err := p.settle(); err != nil {
		return err
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		behind, err := p.backdrop(frame, r.Background, r.Canvas)
		if err != nil {
			return nil, err
		}
		if !frame.HasAlpha() {
			return behind.Insert(frame, r.At.X, r.At.Y)
		}
		if behind, err = withAlpha(behind); err != nil {
			return nil, err
		}
		return composed(frame, behind, vips.BlendModeOver, r.At)
	})
}

// backgroundColor returns the colour of a background of one colour.
func (p *picture) backgroundColor(b transform.Background) transform.Color {
	if b.Kind == transform.DominantBackground {
		return p.colours[0].Color
	}
	return b.Color
}
