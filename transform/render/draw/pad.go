//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// pad puts the picture on a larger canvas. What the canvas shows around it is
// the background; black where none is asked for (ImageKit, "Background").
func pad(p *picture, r transform.Recipe) error {
	if r.Canvas == p.facts.Size {
		return nil
	}
	fill := transform.Black
	if r.Background.On {
		fill = r.Background.Color
		if p.facts.Alpha || fill.A != 255 {
			fill = transform.Color{} // for background to shine through
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
