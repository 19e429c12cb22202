package engines

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/transform/render/workers"
)

// Metrics of all engines and queues of the process.
var (
	waiting = prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: metrics.Prefix + "queue_duration_seconds", Help: "How long jobs waited for their turn to render.", Buckets: metrics.Seconds,
	})
	workerStarts = prometheus.NewCounter(prometheus.CounterOpts{Name: metrics.Prefix + "worker_starts_total", Help: "Worker processes that became ready."})
	workerEnds   = metrics.Counters("worker_ends_total", "Worker processes that ended, by reason.", "reason")
)

func init() {
	// A rate needs two values, and a worker's end is rare.
	for _, reason := range workers.Ends {
		workerEnds.WithLabelValues(string(reason))
	}
}

// Collectors returns the metrics of the engines and queues of the process.
func Collectors() []prometheus.Collector {
	return []prometheus.Collector{waiting, load{}, workerStarts, workerEnds}
}

// load is the current load of all engines and queues together, read when
// metrics are collected.
type load struct{}

// Metrics of load.
var (
	loadRunning  = gauge("jobs_running", "Images being rendered.")
	loadWaiting  = gauge("jobs_waiting", "Images waiting for their turn to be rendered.")
	loadAdmitted = gauge("memory_admitted_bytes", "Memory that the images being rendered may take, as estimated.")
	loadBudget   = gauge("memory_limit_bytes", "Memory that all images being rendered may take together.")
	loadBodies   = gauge("bodies_bytes", "Memory held by files of originals, layers and posts.")
	loadResults  = gauge("results_bytes", "Memory held by rendered images that are being sent.")
	loadHeld     = gauge("requests_waiting_for_memory", "Requests waiting for memory for files or for a rendered image.")
	loadReady    = gauge("workers", "Worker processes that are ready or rendering.")
	loadBusy     = gauge("workers_busy", "Worker processes that are rendering.")
)

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(metrics.Prefix+name, help, nil, nil)
}

// Describe implements prometheus.Collector.
func (load) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{loadRunning, loadWaiting, loadAdmitted, loadBudget, loadBodies, loadResults, loadHeld, loadReady, loadBusy} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (load) Collect(to chan<- prometheus.Metric) {
	var running, waiting, held int
	var admitted, budget, bodies, results int64
	for _, q := range QueueStates() {
		running, waiting, admitted, budget = running+q.Running, waiting+q.Waiting, admitted+q.Admitted, budget+q.Budget
		bodies, results, held = bodies+q.Bodies.Bytes, results+q.Results.Bytes, held+q.Bodies.Waiting+q.Results.Waiting
	}
	ready, busy := Workers()
	for _, g := range []struct {
		desc  *prometheus.Desc
		value float64
	}{
		{loadRunning, float64(running)}, {loadWaiting, float64(waiting)},
		{loadAdmitted, float64(admitted)}, {loadBudget, float64(budget)},
		{loadBodies, float64(bodies)}, {loadResults, float64(results)}, {loadHeld, float64(held)},
		{loadReady, float64(ready)}, {loadBusy, float64(busy)},
	} {
		to <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value)
	}
}
