//go:build cgo

package engines

import (
	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/render/workers"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// LibvipsVersion returns the version of the library that this process is linked with.
func LibvipsVersion() string { return vips.Version() }

func newEngine(s Settings) (render.Engine, error) {
	if s.Isolation == Off {
		return render.NewInProcessSlots(draw.Draw, draw.Version(), s.Workers), nil
	}
	return workers.New(workers.Config{
		Version: draw.Version(),
		Workers: s.Workers,
		Strict:  s.Isolation == Strict,
		Fonts:   s.Fonts,
		// The estimates of admission can be wrong: an SVG that embeds another
		// takes more than foreseen. A worker gets no more than all workers
		// together should take, plus its own base.
		MaxMemory: min(s.Memory+512<<20, 4<<30),
		Started:   workerStarts.Inc,
		Ended:     func(why workers.End) { workerEnds.WithLabelValues(string(why)).Inc() },
		// The pool outlives the configuration whose handler made it, and that
		// configuration's log.
		Logger: func() *zap.Logger { return caddy.Log().Named("images.Workers") },
	})
}

// Interface guards
var _ pool = (*workers.Pool)(nil)
