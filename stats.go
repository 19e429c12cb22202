package images

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/internal/engines"
	"github.com/caddy-images/caddy-images/internal/metrics"
)

// started is about when the process started.
var started = time.Now()

// stats is the response to GET /images/stats.
type stats struct {
	// Uptime is in seconds.
	Uptime float64 `json:"uptime_seconds"`

	// Libvips is the version that Caddy is linked with. The Version of an
	// engine has that of its workers.
	Libvips string `json:"libvips"`

	// Handlers is the number of handlers. During a reload those of both
	// configurations count.
	Handlers int `json:"handlers"`

	// Caches are the stores, which handlers with the same settings share.
	Caches []cacheStats `json:"caches"`

	Engines []engineStats `json:"engines"`
	Queues  []queueStats  `json:"queues"`

	// Metrics are the values of the Prometheus metrics, without the prefix of
	// their names.
	Metrics map[string][]map[string]any `json:"metrics"`
}

// cacheStats is a store.
type cacheStats struct {
	Tiers []tierStats `json:"tiers"`

	// Waiting is how many entries wait to be written to slow tiers.
	Waiting int `json:"waiting"`

	// Dropped is how many were not written, because too many waited.
	Dropped int64 `json:"dropped"`
}

// tierStats is what a tier of a store holds. The tier records is what is known of
// originals, and originals is their bytes.
type tierStats struct {
	Name      string `json:"name"`
	Entries   int64  `json:"entries"`
	Bytes     int64  `json:"bytes"`
	Limit     int64  `json:"limit"` // bytes; 0 if the tier has none of its own
	Evictions int64  `json:"evictions"`
	Broken    int64  `json:"broken"` // entries that were found damaged and removed
	Failing   bool   `json:"failing"`
}

// engineStats describes an engine, which handlers with the same settings
// share.
type engineStats struct {
	Isolation string `json:"isolation"`
	Workers   int    `json:"workers"`
	Memory    int64  `json:"memory"`

	// Version is the engine's version, which is part of entity tags.
	Version string `json:"version"`

	// Refused is the number of originals in quarantine.
	Refused int `json:"refused"`

	Processes []processStats `json:"processes"`
}

// processStats describes a worker.
type processStats struct {
	PID      int       `json:"pid"`
	Since    time.Time `json:"since"`
	Jobs     int       `json:"jobs"`
	Busy     bool      `json:"busy"`
	Resident int64     `json:"resident"` // bytes; 0 if the system does not report it
	Version  string    `json:"version"`
}

// queueStats describes a gate, which handlers with the same settings share.
type queueStats struct {
	Isolation string `json:"isolation"`
	Workers   int    `json:"workers"`
	Memory    int64  `json:"memory"`
	QueueSize int    `json:"queue_size"`

	Running  int   `json:"running"`
	Waiting  int   `json:"waiting"`
	Admitted int64 `json:"admitted"` // bytes

	// Bodies are the files of originals, layers and posts; Results the images that
	// are being sent.
	Bodies  heldStats `json:"bodies"`
	Results heldStats `json:"results"`
}

// heldStats is a part of memory that requests hold.
type heldStats struct {
	Bytes   int64 `json:"bytes"`
	Limit   int64 `json:"limit"`
	Waiting int   `json:"waiting"` // requests that wait for some
}

func readStats(*http.Request) (any, error) {
	s := stats{
		Uptime:   time.Since(started).Seconds(),
		Libvips:  engines.LibvipsVersion(),
		Handlers: handlers.count(),
		Caches:   []cacheStats{},
		Engines:  []engineStats{},
		Queues:   []queueStats{},
	}
	for _, store := range openStores() {
		var c cacheStats
		var tiers []cache.Usage
		tiers, c.Waiting, c.Dropped = store.Usage()
		for _, t := range tiers {
			c.Tiers = append(c.Tiers, tierStats(t))
		}
		s.Caches = append(s.Caches, c)
	}
	for _, e := range engines.States() {
		state := engineStats{Isolation: e.Isolation, Workers: e.Workers, Memory: e.Memory, Version: e.Version, Refused: e.Refused, Processes: []processStats{}}
		for _, w := range e.Processes {
			state.Processes = append(state.Processes, processStats(w))
		}
		s.Engines = append(s.Engines, state)
	}
	for _, q := range engines.QueueStates() {
		s.Queues = append(s.Queues, queueStats{
			Isolation: q.Isolation, Workers: q.Workers, Memory: q.Memory, QueueSize: q.Size,
			Running: q.Running, Waiting: q.Waiting, Admitted: q.Admitted,
			Bodies: heldStats(q.Bodies), Results: heldStats(q.Results),
		})
	}
	slices.SortFunc(s.Engines, func(a, b engineStats) int {
		return cmp.Or(strings.Compare(a.Isolation, b.Isolation), cmp.Compare(a.Workers, b.Workers), cmp.Compare(a.Memory, b.Memory))
	})
	slices.SortFunc(s.Queues, func(a, b queueStats) int {
		return cmp.Or(strings.Compare(a.Isolation, b.Isolation), cmp.Compare(a.Workers, b.Workers), cmp.Compare(a.Memory, b.Memory), cmp.Compare(a.QueueSize, b.QueueSize))
	})
	var err error
	s.Metrics, err = metricsNow()
	return s, err
}

// metricsNow returns the values of all metrics, each with its labels. A
// histogram or summary has its count and sum.
func metricsNow() (map[string][]map[string]any, error) {
	registry := prometheus.NewRegistry()
	if err := registerMetrics(registry); err != nil {
		return nil, fmt.Errorf("registering metrics: %w", err)
	}
	families, err := registry.Gather()
	if err != nil {
		return nil, fmt.Errorf("gathering metrics: %w", err)
	}
	all := make(map[string][]map[string]any, len(families))
	for _, f := range families {
		values := make([]map[string]any, 0, len(f.Metric))
		for _, m := range f.Metric {
			values = append(values, valueOf(m))
		}
		all[strings.TrimPrefix(f.GetName(), metrics.Prefix)] = values
	}
	return all, nil
}

func valueOf(m *dto.Metric) map[string]any {
	v := make(map[string]any, len(m.Label)+2)
	for _, l := range m.Label {
		v[l.GetName()] = l.GetValue()
	}
	switch {
	case m.Histogram != nil:
		v["count"], v["sum"] = m.Histogram.GetSampleCount(), m.Histogram.GetSampleSum()
	case m.Counter != nil:
		v["value"] = m.Counter.GetValue()
	default:
		v["value"] = m.Gauge.GetValue()
	}
	return v
}
