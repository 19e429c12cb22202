// Package memory is the cache tier `http.images.caches.memory`: variants in the memory of
// Caddy's process.
package memory

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/maypok86/otter/v2"

	"github.com/caddy-images/caddy-images/cache"
)

// Tier keeps entries in memory, up to a number of bytes. Which ones are forgotten is decided
// by W-TinyLFU: what was asked for often stays, however many others pass by.
type Tier struct {
	entries   *otter.Cache[cache.Key, *entry]
	limit     int64
	evictions atomic.Int64
}

type entry struct {
	meta, body []byte
	sequence   uint64
}

// overhead is about what an entry takes beside its bytes.
const overhead = 250

// New returns an empty tier. limit is in bytes.
func New(limit int64) (*Tier, error) {
	t := &Tier{limit: limit}
	var err error
	t.entries, err = otter.New(&otter.Options[cache.Key, *entry]{
		MaximumWeight: uint64(limit),
		Weigher: func(_ cache.Key, e *entry) uint32 {
			return uint32(min(int64(len(e.meta)+len(e.body)+overhead), 1<<32-1))
		},
		OnAtomicDeletion: func(e otter.DeletionEvent[cache.Key, *entry]) {
			if e.WasEvicted() {
				t.evictions.Add(1)
			}
		},
	})
	if err != nil {
		return nil, fmt.Errorf("making room in memory: %w", err)
	}
	return t, nil
}

// Immediate implements cache.Immediate.
func (*Tier) Immediate() {}

// Get implements cache.Tier.
func (t *Tier) Get(_ context.Context, key cache.Key) (*cache.Entry, error) {
	e, ok := t.entries.GetIfPresent(key)
	if !ok {
		return nil, nil
	}
	return &cache.Entry{Meta: e.meta, Body: cache.Bytes(e.body), Sequence: e.sequence}, nil
}

// Put implements cache.Tier. What takes more than a quarter of the limit is not kept.
func (t *Tier) Put(_ context.Context, key cache.Key, meta, body []byte, sequence uint64) error {
	if int64(len(body)) > t.limit/4 {
		return nil
	}
	t.entries.Set(key, &entry{meta, body, sequence})
	return nil
}

// Delete implements cache.Tier.
func (t *Tier) Delete(_ context.Context, key cache.Key) error {
	if key.Entry != (cache.ID{}) {
		t.entries.Invalidate(key)
		return nil
	}
	for k := range t.entries.Keys() {
		if k.Original == key.Original {
			t.entries.Invalidate(k)
		}
	}
	return nil
}

// DeleteAll implements cache.Tier.
func (t *Tier) DeleteAll(_ context.Context, sequence uint64) error {
	for k, e := range t.entries.All() {
		if e.sequence < sequence {
			t.entries.Invalidate(k)
		}
	}
	return nil
}

// Count implements cache.Counting.
func (t *Tier) Count(original cache.ID) int {
	n := 0
	for k := range t.entries.Keys() {
		if k.Original == original {
			n++
		}
	}
	return n
}

// Usage implements cache.Tier.
func (t *Tier) Usage() cache.Usage {
	return cache.Usage{
		Name: "memory", Entries: int64(t.entries.EstimatedSize()), Bytes: int64(t.entries.WeightedSize()),
		Limit: t.limit, Evictions: t.evictions.Load(),
	}
}

// Close implements cache.Tier.
func (t *Tier) Close() error {
	t.entries.InvalidateAll()
	t.entries.StopAllGoroutines()
	return nil
}

// Interface guards
var (
	_ cache.Tier      = (*Tier)(nil)
	_ cache.Immediate = (*Tier)(nil)
	_ cache.Counting  = (*Tier)(nil)
)
