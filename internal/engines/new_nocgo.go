//go:build !cgo

package engines

import (
	"errors"

	"github.com/caddy-images/caddy-images/transform/render"
)

// LibvipsVersion returns "": there is no libvips in this build.
func LibvipsVersion() string { return "" }

func newEngine(Settings) (render.Engine, error) {
	return nil, errors.New("this Caddy was built without cgo (CGO_ENABLED=0), which libvips needs to render images; build with CGO_ENABLED=1, a C compiler, pkg-config and libvips-dev")
}
