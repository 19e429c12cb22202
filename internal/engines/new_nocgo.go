//go:build !cgo

package engines

import (
	"errors"

	"github.com/caddy-images/caddy-images/transform/render"
)

// LibvipsVersion returns "": there is no libvips in this build.
func LibvipsVersion() string { return "" }

func newEngine(Settings) (render.Engine, error) {
	return nil, errors.New("this Caddy was built without cgo (CGO_ENABLED=0), and images are rendered by libvips, which needs it; build with CGO_ENABLED=1, a C compiler, pkg-config and libvips-dev")
}
