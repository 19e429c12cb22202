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

// background puts something behind an image that is transparent somewhere.
// One that was made transparent by opacity is blended with the whole colour
// (ImageKit, "Opacity": "alpha in bg ignored"). The blurred image itself is
// not a background for what is transparent in it.
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
