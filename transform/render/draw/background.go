//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// opacity makes the whole image more transparent.
func opacity(p *picture, r transform.Recipe) error {
	if r.Opacity == 1 {
		return nil
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) {
		frame, err := withAlpha(frame)
		if err != nil {
			return nil, err
		}
		return frame.Linear(onColours(frame, 1, r.Opacity), onColours(frame, 0, 0.5), true)
	})
}

// background puts a background behind a transparent image. An image made
// transparent by opacity is blended with the opaque colour (ImageKit,
// "Opacity": "alpha in bg ignored"). The blurred image is not used behind its
// own transparent parts.
func background(p *picture, r transform.Recipe) error {
	if !r.Background.On || !p.facts.Alpha {
		return nil
	}
	switch r.Background.Kind {
	case transform.BlurredBackground:
		return nil
	case transform.GradientBackground:
		behind, err := p.backdrop(nil, r.Background, p.facts.Size)
		if err != nil {
			return err
		}
		return p.each(func(frame *vips.Image) (*vips.Image, error) { return lay(frame, behind) })
	}
	c := p.backgroundColor(r.Background)
	if r.Opacity < 1 {
		c.A = 255
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return over(frame, c) })
}
