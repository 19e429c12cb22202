package images

import (
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/admission"
)

// What `memory` takes, beside the default: less than the smallest job needs
// would refuse them all.
const (
	leastMemory = 32 << 20
	mostMemory  = 1 << 50
)

// gateSettings are those of a gate. Handlers that have the same share one, so
// that what one of them lets in counts for the others.
type gateSettings struct {
	engine engineSettings
	memory int64
	queue  int
}

// gates outlive the configuration that made them where the next one needs them
// too, for the jobs that they let in do.
var gates = caddy.NewUsagePool()

// sharedGate is a gate in gates, and who is before it: jobs for the same variant
// go through it as one.
type sharedGate struct {
	*admission.Gate
	coalescer *render.Coalescer
}

// Destruct implements caddy.Destructor. Jobs that hold a share still give it
// back, and a handler that still serves keeps its gate.
func (sharedGate) Destruct() error { return nil }

// eachGate calls f with every gate in use.
func eachGate(f func(gateSettings, sharedGate)) {
	gates.Range(func(settings, value any) bool {
		if gate, ok := value.(sharedGate); ok { // else it is being made
			f(settings.(gateSettings), gate)
		}
		return true
	})
}

// provisionGate gets the gate before the engine of the settings.
func (h *Handler) provisionGate(engine engineSettings) error {
	settings := gateSettings{engine, h.Memory, h.QueueSize}
	shared, _, err := gates.LoadOrNew(settings, func() (caddy.Destructor, error) {
		gate := admission.NewGate(settings.memory, engine.workers, settings.queue)
		gate.Waited = func(d time.Duration) { metrics.waiting.Observe(d.Seconds()) }
		return sharedGate{gate, render.NewCoalescer()}, nil
	})
	if err != nil {
		return err
	}
	h.gate, h.gateSettings = shared.(sharedGate), &settings
	return nil
}

// releaseGate lets the gate go.
func (h *Handler) releaseGate() error {
	if h.gateSettings == nil {
		return nil
	}
	_, err := gates.Delete(*h.gateSettings)
	return err
}
