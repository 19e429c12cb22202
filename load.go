package images

import "github.com/prometheus/client_golang/prometheus"

// load is what the engines and gates of the process are at, read when somebody
// asks. Of several it is the sum.
type load struct{}

// The metrics of load.
var (
	loadRunning  = gauge("jobs_running", "Pictures that are rendered.")
	loadWaiting  = gauge("jobs_waiting", "Pictures that wait for their turn to be rendered.")
	loadAdmitted = gauge("memory_admitted_bytes", "Memory that the pictures that are rendered may take, as estimated.")
	loadBudget   = gauge("memory_limit_bytes", "Memory that all pictures together may take.")
	loadReady    = gauge("workers", "Worker processes that are ready or at a picture.")
	loadBusy     = gauge("workers_busy", "Worker processes that are at a picture.")
)

func gauge(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(metricsPrefix+name, help, nil, nil)
}

// Describe implements prometheus.Collector.
func (load) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{loadRunning, loadWaiting, loadAdmitted, loadBudget, loadReady, loadBusy} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (load) Collect(to chan<- prometheus.Metric) {
	var running, waiting, ready, busy int
	var admitted, budget int64
	eachGate(func(_ gateSettings, gate sharedGate) {
		r, used, w := gate.Stats()
		running, waiting, admitted, budget = running+r, waiting+w, admitted+used, budget+gate.Budget()
	})
	eachEngine(func(_ engineSettings, engine sharedEngine) {
		if pool, ok := engine.Engine.(pool); ok {
			r, b := pool.Stats()
			ready, busy = ready+r, busy+b
		}
	})
	for _, g := range []struct {
		desc  *prometheus.Desc
		value float64
	}{
		{loadRunning, float64(running)}, {loadWaiting, float64(waiting)},
		{loadAdmitted, float64(admitted)}, {loadBudget, float64(budget)},
		{loadReady, float64(ready)}, {loadBusy, float64(busy)},
	} {
		to <- prometheus.MustNewConstMetric(g.desc, prometheus.GaugeValue, g.value)
	}
}
