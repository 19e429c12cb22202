package images

import (
	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/transform/imagekit"
)

// Dialect names the URL language that requests are read in.
type Dialect struct {
	// ImageKit's. It is the default.
	ImageKit *imagekit.Config `json:"imagekit,omitempty"`
}

// provision returns the dialect, placeholders in its options replaced.
func (d *Dialect) provision() (language, error) {
	if d.ImageKit == nil {
		d.ImageKit = new(imagekit.Config)
	}
	endpoint, err := caddy.NewReplacer().ReplaceOrErr(d.ImageKit.Endpoint, true, true)
	if err != nil {
		return nil, err
	}
	d.ImageKit.Endpoint = endpoint
	return imagekit.New(*d.ImageKit)
}
