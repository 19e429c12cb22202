package images

import (
	"fmt"
	"runtime"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/transform/render"
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

// provisionEngine gets the engine, and has the app start it. It starts nothing
// itself.
func (h *Handler) provisionEngine(ctx caddy.Context) error {
	settings := engineSettings{h.Isolation, h.Workers}
	shared, _, err := engines.LoadOrNew(settings, func() (caddy.Destructor, error) {
		engine, err := newEngine(settings)
		return sharedEngine{engine}, err
	})
	if err != nil {
		return err
	}
	h.sharing = &settings
	h.engine = shared.(sharedEngine).Engine
	if len(ctx.Modules()) == 0 {
		return nil // no configuration loads this handler; the first request starts the engine
	}
	app, err := ctx.App("images")
	if err != nil {
		return fmt.Errorf("loading what handlers share: %w", err)
	}
	app.(*App).add(h.engine)
	return nil
}

// Cleanup lets the engine go.
func (h *Handler) Cleanup() error {
	if h.sharing == nil {
		return nil
	}
	_, err := engines.Delete(*h.sharing)
	return err
}
