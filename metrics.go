package images

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/workers"
)

// metricsPrefix is what the names of all metrics begin with.
const metricsPrefix = "caddy_images_"

// What stands for the code of an error where there is none.
const (
	codeOK     = "ok"
	codePassed = "passed" // what `next` answered went to the client as it is
)

// outcome is what an origin's answer says of the origin. A file that is not there is
// told from an origin that is down, whatever the status that clients get.
type outcome string

// The outcomes.
const (
	outcomeFound     outcome = "found"
	outcomePassed    outcome = "passed"    // what `next` answered went to the client as it is
	outcomeMissing   outcome = "missing"   // it answered, and has no such file
	outcomeDenied    outcome = "denied"    // it answered, and refuses
	outcomeDown      outcome = "down"      // no answer, or one that says that it fails
	outcomeAbandoned outcome = "abandoned" // all who waited left
	outcomeOther     outcome = "other"     // a limit, or a failure of this server
)

var outcomes = []outcome{outcomeFound, outcomePassed, outcomeMissing, outcomeDenied, outcomeDown, outcomeAbandoned, outcomeOther}

// outcomeOf is the outcome of a question that ended in an error of a kind.
func outcomeOf(k errors.Kind) outcome {
	switch {
	case k.IsOutage():
		return outcomeDown
	case k == errors.NotFound:
		return outcomeMissing
	case k == errors.AccessDenied, k == errors.BadOriginRequest:
		return outcomeDenied
	case k == errors.ClientClosed:
		return outcomeAbandoned
	}
	return outcomeOther
}

// noFormat is the format of a rendering that no picture came of.
const noFormat = "none"

// Upper bounds, in seconds, of what fetching, rendering and waiting take: from
// what a disk, a thumbnail or an idle server takes to the default timeouts.
var seconds = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

// metrics are one set a process, whatever configurations come and go. Labels have
// words of ours and names of modules, never what a client sent.
var metrics = struct {
	requests, errors, ignored, fetches, originalBytes, variantBytes, workerEnds *prometheus.CounterVec
	fetching, rendering                                                         *prometheus.HistogramVec
	waiting                                                                     prometheus.Histogram
	damaged, workerStarts                                                       prometheus.Counter
}{
	requests: counters("requests_total", "Requests that the handler answered, by HTTP status and by ik-error code, which is ok for no error.", "dialect", "status", "code"),
	errors:   counters("errors_total", "Error answers by whose fault it was: client, origin or server.", "dialect", "code", "fault"),
	ignored:  counters("ignored_total", "Answers to URLs of which something was left out since it is not supported, by what that was about.", "kind"),

	fetches:       counters("fetches_total", "Questions to origins, by what came of them.", "origin", "code", "outcome"),
	fetching:      histograms("fetch_duration_seconds", "What origins took to answer.", "origin"),
	originalBytes: counters("original_bytes_total", "Bytes of the originals that came from origins.", "origin"),

	waiting:      histogram("queue_duration_seconds", "What jobs waited for their turn to render."),
	rendering:    histograms("render_duration_seconds", "What rendering took, without the wait, by the format of the result.", "format"),
	variantBytes: counters("variant_bytes_total", "Bytes of the pictures that were rendered.", "format"),

	damaged: prometheus.NewCounter(prometheus.CounterOpts{Name: metricsPrefix + "damaged_total", Help: "Pictures that were delivered though a file of theirs is damaged."}),

	workerStarts: prometheus.NewCounter(prometheus.CounterOpts{Name: metricsPrefix + "worker_starts_total", Help: "Worker processes that became ready."}),
	workerEnds:   counters("worker_ends_total", "Worker processes that ended, by why.", "reason"),
}

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: metricsPrefix + name, Help: help}, labels)
}

func histograms(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: metricsPrefix + name, Help: help, Buckets: seconds}, labels)
}

func histogram(name, help string) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: metricsPrefix + name, Help: help, Buckets: seconds})
}

func init() {
	// A rate begins with the second value that is seen, and a worker's end is rare.
	for _, why := range workers.Ends {
		metrics.workerEnds.WithLabelValues(string(why))
	}
}

// collectors are all metrics, in the order of the documentation.
func collectors() []prometheus.Collector {
	return []prometheus.Collector{
		metrics.requests, metrics.errors, metrics.ignored,
		metrics.fetches, metrics.fetching, metrics.originalBytes,
		metrics.waiting, metrics.rendering, metrics.variantBytes, metrics.damaged,
		load{},
		metrics.workerStarts, metrics.workerEnds,
	}
}

// registerMetrics has the registry, which is a new one with every configuration,
// show the metrics.
func registerMetrics(registry *prometheus.Registry) error {
	for _, c := range collectors() {
		if err := registry.Register(c); err != nil {
			return err
		}
	}
	return nil
}

// countError counts an error answer.
func (h *Handler) countError(e *errors.Error, status int) {
	dialect := h.Dialect.name()
	metrics.requests.WithLabelValues(dialect, strconv.Itoa(status), e.Kind.Code()).Inc()
	metrics.errors.WithLabelValues(dialect, e.Kind.Code(), string(e.Fault())).Inc()
}

// send writes a good answer and counts it.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, a answer, body []byte) error {
	noted := &notingWriter{ResponseWriterWrapper: &caddyhttp.ResponseWriterWrapper{ResponseWriter: w}}
	err := a.send(noted, r, body)
	countIgnored(a.ignored)
	metrics.requests.WithLabelValues(h.Dialect.name(), strconv.Itoa(noted.status), codeOK).Inc()
	return err
}

// notingWriter notes the status that an answer is given.
type notingWriter struct {
	*caddyhttp.ResponseWriterWrapper
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *notingWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriterWrapper.WriteHeader(status)
}

// countedOrigin is an origin whose fetches are counted: each once, however many
// requests share it.
type countedOrigin struct {
	origin.Origin
	name     string
	recycles bool
}

// counted returns the origin, counted under the name of its module. What strangers'
// modules give is marked as shared.
func counted(o origin.Origin, module caddy.Module) origin.Origin {
	c := countedOrigin{o, module.CaddyModule().ID.Name(), givesAway(module)}
	// A rate begins with the second value that is seen, and an outage is rare.
	metrics.fetches.WithLabelValues(c.name, codeOK, string(outcomeFound))
	for k := range errors.ClientClosed + 1 {
		if k.IsOutage() {
			metrics.fetches.WithLabelValues(c.name, k.Code(), string(outcomeDown))
		}
	}
	if _, bound := o.(origin.RequestBound); bound {
		return countedBound{c}
	}
	return c
}

// Fetch implements origin.Origin.
func (c countedOrigin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	began := time.Now()
	source, err := c.Origin.Fetch(ctx, req)
	metrics.fetching.WithLabelValues(c.name).Observe(time.Since(began).Seconds())
	code, is := codeOK, outcomeFound
	switch {
	case isAnswered(err):
		code, is = codePassed, outcomePassed
	case err != nil:
		kind := errors.From(err).Kind
		code, is = kind.Code(), outcomeOf(kind)
	default:
		metrics.originalBytes.WithLabelValues(c.name).Add(float64(len(source.Body)))
		if !c.recycles {
			source = source.Shared()
		}
		if source.Stream != nil { // its first bytes were counted
			began := int64(len(source.Body))
			source.Stream.Sent = func(bytes int64) {
				metrics.originalBytes.WithLabelValues(c.name).Add(float64(max(0, bytes-began)))
			}
		}
	}
	metrics.fetches.WithLabelValues(c.name, code, string(is)).Inc()
	return source, err
}

// countedBound is one that belongs to its request.
type countedBound struct{ countedOrigin }

// RequestBound implements origin.RequestBound.
func (countedBound) RequestBound() {}

// countedEngine is an engine whose renderings are counted.
type countedEngine struct{ render.Engine }

// Render implements render.Engine.
func (c countedEngine) Render(ctx context.Context, job render.Job) (*render.Result, error) {
	began := time.Now()
	result, err := c.Engine.Render(ctx, job)
	format := noFormat
	if err == nil && result.Details == nil {
		format = result.Format.String()
		metrics.variantBytes.WithLabelValues(format).Add(float64(len(result.Body)))
	}
	metrics.rendering.WithLabelValues(format).Observe(time.Since(began).Seconds())
	return result, err
}
