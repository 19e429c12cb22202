//go:build cgo

package images

import (
	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/render/workers"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// libvipsVersion is that of the library that this process is linked with.
func libvipsVersion() string { return vips.Version() }

func newEngine(s engineSettings) (render.Engine, error) {
	if s.isolation == isolationOff {
		return render.NewInProcessSlots(draw.Draw, draw.Version(), s.workers), nil
	}
	return workers.New(workers.Config{
		Version: draw.Version(),
		Workers: s.workers,
		Strict:  s.isolation == isolationStrict,
		Fonts:   s.fonts,
		// Admission works with estimates, which a picture can belie: an SVG that
		// embeds another takes what nobody foresaw. A worker gets no more than all
		// workers together should take, and what it takes without any picture.
		MaxMemory: min(s.memory+512<<20, 4<<30),
		Started:   metrics.workerStarts.Inc,
		Ended:     func(why workers.End) { metrics.workerEnds.WithLabelValues(string(why)).Inc() },
		// The pool outlives the configuration whose handler made it, and its log.
		Logger: func() *zap.Logger { return caddy.Log().Named("images.workers") },
	})
}

// Interface guards
var _ pool = (*workers.Pool)(nil)
