//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// orient turns the image upright, as its EXIF orientation says. It always
// happens, and only once: the orientation is forgotten with it.
func orient(p *picture, _ transform.Recipe) error {
	if p.frame.Orientation() <= 1 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each((*vips.Image).Autorot)
}
