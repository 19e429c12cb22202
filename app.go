package images

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/internal/metrics"
)

func init() { caddy.RegisterModule(App{}) }

// App is the part that all `images` handlers of a configuration share. It has
// no options and needs no mention: the first handler loads it.
//
// It starts the handlers' workers when the configuration starts, so that no
// request waits for that, and so that a system that lacks something fails a
// configuration with `isolation strict`.
type App struct {
	engines []*engines.Lease
	stores  []*cache.Store
}

// Provision implements caddy.Provisioner. It registers the metrics of the
// process with the configuration's registry.
func (a *App) Provision(ctx caddy.Context) error {
	if err := registerMetrics(ctx.GetMetricsRegistry()); err != nil {
		return fmt.Errorf("registering metrics: %w", err)
	}
	return nil
}

// CaddyModule returns the Caddy module information.
func (App) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "images",
		New: func() caddy.Module { return new(App) },
	}
}

// add lets the app start an engine, and a store if there is one.
func (a *App) add(engine *engines.Lease, store *cache.Store) {
	a.engines = append(a.engines, engine)
	if store != nil {
		a.stores = append(a.stores, store)
	}
}

func collectors() []prometheus.Collector {
	return append(append(metrics.Process.Collectors(), engines.Collectors()...), storeUsage)
}

// registerMetrics registers the metrics with a registry. Every configuration
// has a new one.
func registerMetrics(registry *prometheus.Registry) error {
	for _, c := range collectors() {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// Start implements caddy.App.
func (a *App) Start() error {
	for _, store := range a.stores {
		if err := store.Start(); err != nil {
			return fmt.Errorf("opening the cache: %w", err)
		}
	}
	for _, engine := range a.engines {
		if err := engine.Start(); err != nil {
			return fmt.Errorf("starting workers: %w", err)
		}
	}
	return nil
}

// Stop implements caddy.App. The workers end with the last handler that uses
// them.
func (a *App) Stop() error { return nil }

// Interface guards
var (
	_ caddy.App         = (*App)(nil)
	_ caddy.Provisioner = (*App)(nil)
)
