//go:build cgo

package images

import (
	"runtime"
	"sync"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
)

// engine is one for the process: its slots are about processors, of which a
// second handler and the configuration after this one have no others.
var engine = sync.OnceValue(func() render.Engine {
	return render.NewInProcess(draw.Draw, draw.Version(), runtime.GOMAXPROCS(0))
})

func newEngine() (render.Engine, error) { return engine(), nil }
