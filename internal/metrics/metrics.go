// Package metrics has the Prometheus metrics of the process. Label values are
// ours or names of modules, never client input.
package metrics

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Prefix starts the names of all metrics.
const Prefix = "caddy_images_"

// Label values in place of an error code.
const (
	codeOK     = "ok"
	codePassed = "passed" // the response of `next` was passed through
)

// noFormat is the format of a job without a result.
const noFormat = "none"

// Seconds are the bucket bounds of durations: from a disk, a thumbnail or an
// idle server up to the default timeouts.
var Seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// Set is a set of metrics of requests, fetches and renders.
type Set struct {
	requests, errors, ignored, fetches, originalBytes, variantBytes *prometheus.CounterVec
	fetching, rendering                                             *prometheus.HistogramVec
	damaged                                                         prometheus.Counter

	lookups, tierErrors *prometheus.CounterVec
	dropped             prometheus.Counter
}

// Process is the set of this process, which outlives its configurations.
var Process = New()

// New returns a set with no counts.
func New() *Set {
	return &Set{
		requests: Counters("requests_total", "Requests that the handler answered, by HTTP status and by ik-error code, which is ok if there is no error.", "dialect", "status", "code"),
		errors:   Counters("errors_total", "Error responses by whose fault it was: client, origin or server.", "dialect", "code", "fault"),
		ignored:  Counters("ignored_total", "Responses to URLs with parameters that were ignored because they are not supported, by kind.", "kind"),

		fetches:       Counters("fetches_total", "Requests to origins, by code and outcome.", "origin", "code", "outcome"),
		fetching:      histograms("fetch_duration_seconds", "How long origins took to respond.", "origin"),
		originalBytes: Counters("original_bytes_total", "Bytes of originals received from origins.", "origin"),

		rendering:    histograms("render_duration_seconds", "How long rendering took, without waiting in the queue, by the format of the result.", "format"),
		variantBytes: Counters("variant_bytes_total", "Bytes of rendered variants.", "format"),

		damaged: prometheus.NewCounter(prometheus.CounterOpts{Name: Prefix + "damaged_total", Help: "Variants delivered although one of their files is damaged."}),

		lookups:    Counters("cache_lookups_total", "Searches in the cache, by what was looked for, the result and the tier where it was found.", "kind", "result", "tier"),
		tierErrors: Counters("cache_errors_total", "What a tier of the cache could not do.", "tier", "op"),
		dropped:    prometheus.NewCounter(prometheus.CounterOpts{Name: Prefix + "cache_dropped_total", Help: "Entries that were not written to a slow tier, because too many were waiting."}),
	}
}

// Collectors returns the metrics of the set, in the order of the documentation.
func (s *Set) Collectors() []prometheus.Collector {
	return []prometheus.Collector{
		s.requests, s.errors, s.ignored,
		s.fetches, s.fetching, s.originalBytes,
		s.rendering, s.variantBytes, s.damaged,
		s.lookups, s.tierErrors, s.dropped,
	}
}

// Counters returns counters of a name, without the prefix, with labels.
func Counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: Prefix + name, Help: help}, labels)
}

func histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: Prefix + name, Help: help, Buckets: Seconds}, labels)
}

// Response counts a response that is not an error.
func (s *Set) Response(dialect string, status int) {
	s.requests.WithLabelValues(dialect, strconv.Itoa(status), codeOK).Inc()
}

// Error counts an error response.
func (s *Set) Error(dialect string, status int, e *errors.Error) {
	s.requests.WithLabelValues(dialect, strconv.Itoa(status), e.Kind.Code()).Inc()
	s.errors.WithLabelValues(dialect, e.Kind.Code(), string(e.Fault())).Inc()
}

// Ignored counts a response to a URL with parameters that were ignored: once for each
// kind of them.
func (s *Set) Ignored(ignored []transform.Ignored) {
	seen := map[transform.IgnoredKind]bool{}
	for _, i := range ignored {
		if !seen[i.Kind] {
			s.ignored.WithLabelValues(string(i.Kind)).Inc()
		}
		seen[i.Kind] = true
	}
}

// Damaged counts a variant of a damaged file.
func (s *Set) Damaged() { s.damaged.Inc() }
