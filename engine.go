//go:build cgo

package images

import (
	"sync"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// engine is one for the process: its slots are about processors, of which a
// second handler and the configuration after this one have no others.
var engine = sync.OnceValue(func() render.Engine {
	return render.NewInProcess(draw.Draw, draw.Version())
})

func newEngine() (render.Engine, error) { return engine(), nil }
