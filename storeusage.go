package images

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/internal/metrics"
)

// usageCollector shows what the stores of the process hold, by tier.
type usageCollector struct{ bytes, entries, evictions *prometheus.Desc }

var storeUsage = usageCollector{
	bytes:     prometheus.NewDesc(metrics.Prefix+"cache_bytes", "Bytes that a tier of the cache holds.", []string{"tier"}, nil),
	entries:   prometheus.NewDesc(metrics.Prefix+"cache_entries", "Entries that a tier of the cache holds.", []string{"tier"}, nil),
	evictions: prometheus.NewDesc(metrics.Prefix+"cache_evictions_total", "Entries that a tier of the cache has forgotten to make room for others.", []string{"tier"}, nil),
}

// Describe implements prometheus.Collector.
func (c usageCollector) Describe(to chan<- *prometheus.Desc) {
	to <- c.bytes
	to <- c.entries
	to <- c.evictions
}

// Collect implements prometheus.Collector.
func (c usageCollector) Collect(to chan<- prometheus.Metric) {
	sums := make(map[string]cache.Usage)
	for _, s := range openStores() {
		tiers, _, _ := s.Usage()
		for _, t := range tiers {
			sum := sums[t.Name]
			sum.Bytes, sum.Entries, sum.Evictions = sum.Bytes+t.Bytes, sum.Entries+t.Entries, sum.Evictions+t.Evictions
			sums[t.Name] = sum
		}
	}
	for name, sum := range sums {
		to <- prometheus.MustNewConstMetric(c.bytes, prometheus.GaugeValue, float64(sum.Bytes), name)
		to <- prometheus.MustNewConstMetric(c.entries, prometheus.GaugeValue, float64(sum.Entries), name)
		to <- prometheus.MustNewConstMetric(c.evictions, prometheus.CounterValue, float64(sum.Evictions), name)
	}
}

// openStores returns the stores of the process.
func openStores() (all []*cache.Store) {
	stores.Range(func(_, value any) bool {
		all = append(all, value.(*cache.Store))
		return true
	})
	return all
}
