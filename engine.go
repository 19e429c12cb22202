package images

import (
	stderrors "errors"
	"fmt"
	"runtime"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/admission"
)

// What `isolation` takes.
const (
	isolationOff       = "off"
	isolationProcesses = "processes"
	isolationStrict    = "strict"
)

// defaultIsolation is what the platform does well.
func defaultIsolation() string {
	if runtime.GOOS == "linux" {
		return isolationProcesses
	}
	return isolationOff
}

// engineSettings are those of an engine. Handlers that have the same share one,
// for its slots are about processors, of which a second handler has no others.
type engineSettings struct {
	isolation string
	workers   int
	memory    int64
	fonts     string
}

// engines outlive the configuration that made them where the next one needs
// them too, so that a reload ends no worker.
var engines = caddy.NewUsagePool()

// sharedEngine is an engine in engines.
type sharedEngine struct{ render.Engine }

// Destruct implements caddy.Destructor. It does not wait for jobs that outlived
// their server's grace period: they end, or are ended, in their own time.
func (e sharedEngine) Destruct() error {
	if closer, ok := e.Engine.(interface{ Close() }); ok {
		closer.Close()
	}
	return nil
}

// eachEngine calls f with every engine in use.
func eachEngine(f func(engineSettings, sharedEngine)) {
	engines.Range(func(settings, value any) bool {
		if engine, ok := value.(sharedEngine); ok { // else it is being made
			f(settings.(engineSettings), engine)
		}
		return true
	})
}

// acquire gets the engine of the settings; release must follow.
func (s engineSettings) acquire() (render.Engine, error) {
	shared, _, err := engines.LoadOrNew(s, func() (caddy.Destructor, error) {
		engine, err := newEngine(s)
		return sharedEngine{engine}, err
	})
	if err != nil {
		return nil, err
	}
	return shared.(sharedEngine).Engine, nil
}

func (s engineSettings) release() error {
	_, err := engines.Delete(s)
	return err
}

// provisionEngine gets the engine, and has the app start it. It starts nothing
// itself.
func (h *Handler) provisionEngine(ctx caddy.Context) error {
	settings := engineSettings{h.Isolation, h.Workers, h.Memory, h.Fonts}
	engine, err := settings.acquire()
	if err != nil {
		return err
	}
	h.engine, h.engineSettings, h.site = engine, &settings, newSite()
	if err := h.provisionGate(settings); err != nil {
		return err
	}
	if len(ctx.Modules()) == 0 {
		return nil // no configuration loads this handler; the first request starts the engine
	}
	app, err := ctx.App("images")
	if err != nil {
		return fmt.Errorf("loading what handlers share: %w", err)
	}
	app.(*App).add(engine)
	return nil
}

// borrowEngine gets the engine for one request. Caddy cleans a handler up while
// it still serves, and a request that waits for its original must find the engine
// when that is there.
func (h *Handler) borrowEngine() (engine render.Engine, giveBack func(), err error) {
	if engine, err = h.engineSettings.acquire(); err != nil {
		return nil, nil, err
	}
	return h.gate.coalescer.Engine(admission.New(countedEngine{engine}, h.gate.Gate)), func() { _ = h.engineSettings.release() }, nil
}

// Cleanup lets the engine go, and the gate before it.
func (h *Handler) Cleanup() error {
	handlers.remove(h)
	err := h.releaseGate()
	if h.engineSettings != nil {
		err = stderrors.Join(err, h.engineSettings.release())
	}
	return err
}
