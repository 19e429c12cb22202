//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// orient applies the EXIF orientation, always and exactly once: it removes
// the orientation.
func orient(p *picture, _ transform.Recipe) error {
	if p.frame.Orientation() <= 1 {
		return nil
	}
	if err := p.settle(); err != nil {
		return err
	}
	return p.each((*vips.Image).Autorot)
}
