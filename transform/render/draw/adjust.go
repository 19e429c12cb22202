//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// adjust adjusts the colours by the recipe's numbers.
func adjust(p *picture, r transform.Recipe) error {
	var operations []func(*vips.Image) (*vips.Image, error)
	if r.Adjust.Levels() {
		operations = append(operations, func(i *vips.Image) (*vips.Image, error) { return curved(i, r.Adjust.Level) })
	}
	if r.Adjust.Mixes() {
		operations = append(operations, func(i *vips.Image) (*vips.Image, error) { return mixed(i, r.Adjust.Mix()) })
	}
	if len(operations) == 0 {
		return nil
	}
	return p.each(func(frame *vips.Image) (*vips.Image, error) { return through(frame, operations...) })
}
