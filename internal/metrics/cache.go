package metrics

import "github.com/caddy-images/caddy-images/cache"

// Cache returns the part of the set that stores count in.
func (s *Set) Cache() cache.Counters { return cacheCounters{s} }

type cacheCounters struct{ set *Set }

// Lookup implements cache.Counters.
func (c cacheCounters) Lookup(kind, result, tier string) {
	c.set.lookups.WithLabelValues(kind, result, tier).Inc()
}

// TierError implements cache.Counters.
func (c cacheCounters) TierError(tier, op string) { c.set.tierErrors.WithLabelValues(tier, op).Inc() }

// Dropped implements cache.Counters.
func (c cacheCounters) Dropped() { c.set.dropped.Inc() }
