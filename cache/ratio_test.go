package cache_test

import (
	"container/list"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/zap/zaptest"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/cache/memory"
	"github.com/caddy-images/caddy-images/internal/long"
)

// popular returns ranks, from 0, of n things of which each is asked for half, a third, … as
// often as the first (Zipf's law with exponent 1).
func popular(n int, random *rand.Rand) func() int {
	sums := make([]float64, n)
	sum := 0.0
	for i := range sums {
		sum += 1 / float64(i+1)
		sums[i] = sum
	}
	return func() int {
		at, _ := slices.BinarySearch(sums, random.Float64()*sum)
		return min(at, n-1)
	}
}

// tinyLFU simulates W-TinyLFU (Einziger, Friedman, Manes: "TinyLFU: A Highly Efficient Cache
// Admission Policy") with sizes in bytes: a window of a hundredth of the limit, behind it a
// segmented LRU of which four fifths are protected, admission by frequency, and frequencies
// that are halved now and then. They are counted without errors.
type tinyLFU struct {
	limit, windowed, probed, protected int64 // bytes
	window, probation, safe            *list.List
	at                                 map[int]*list.Element
	counts                             map[int]int
	counted                            int
}

type simulated struct {
	key  int
	size int64
	in   *list.List
}

func newTinyLFU(limit int64) *tinyLFU {
	return &tinyLFU{limit: limit, window: list.New(), probation: list.New(), safe: list.New(), at: map[int]*list.Element{}, counts: map[int]int{}}
}

// bytes is what a list holds.
func (l *tinyLFU) bytes(of *list.List) *int64 {
	switch of {
	case l.window:
		return &l.windowed
	case l.probation:
		return &l.probed
	}
	return &l.protected
}

func (l *tinyLFU) move(e *list.Element, to *list.List) *list.Element {
	s := e.Value.(*simulated)
	*l.bytes(s.in) -= s.size
	s.in.Remove(e)
	s.in = to
	*l.bytes(to) += s.size
	l.at[s.key] = to.PushFront(s)
	return l.at[s.key]
}

func (l *tinyLFU) remove(e *list.Element) {
	s := e.Value.(*simulated)
	*l.bytes(s.in) -= s.size
	s.in.Remove(e)
	delete(l.at, s.key)
}

// get asks for a key, which is put if it is not there, and reports whether it is.
func (l *tinyLFU) get(key int, size int64) bool {
	l.count(key)
	if e, ok := l.at[key]; ok {
		switch e.Value.(*simulated).in {
		case l.window:
			l.window.MoveToFront(e)
		case l.safe:
			l.safe.MoveToFront(e)
		default:
			l.move(e, l.safe)
			for l.protected > l.limit*99/100*4/5 {
				l.move(l.safe.Back(), l.probation)
			}
		}
		return true
	}
	l.windowed += size
	l.at[key] = l.window.PushFront(&simulated{key, size, l.window})
	for l.windowed > l.limit/100 {
		l.admit(l.move(l.window.Back(), l.probation))
	}
	return false
}

// admit makes room for what has left the window, or removes it.
func (l *tinyLFU) admit(candidate *list.Element) {
	for l.windowed+l.probed+l.protected > l.limit {
		victim := l.probation.Back()
		if victim == candidate {
			victim = l.safe.Back()
		}
		if victim == nil || l.counts[candidate.Value.(*simulated).key] <= l.counts[victim.Value.(*simulated).key] {
			l.remove(candidate)
			return
		}
		l.remove(victim)
	}
}

// count counts, and forgets half of everything after ten times as many as there is room
// for.
func (l *tinyLFU) count(key int) {
	if l.counts[key] < 15 {
		l.counts[key]++
	}
	if l.counted++; l.counted < 10*max(len(l.at), 1000) {
		return
	}
	l.counted = 0
	for k, n := range l.counts {
		if l.counts[k] = n / 2; n < 2 {
			delete(l.counts, k)
		}
	}
}

// Ten thousand variants that are asked for often, among a hundred thousand that are not: a
// store keeps in memory what W-TinyLFU would.
func TestHitRatio(t *testing.T) {
	const hot, cold, limit = 10_000, 100_000, 64 << 20
	requests := 400_000
	if long.Wanted() {
		requests = 5_000_000
	}
	s, err := cache.New(cache.Config{Guests: []cache.Guest{&memory.Cache{Size: limit}}, Records: 1 << 20, Log: zaptest.NewLogger(t), Count: counters{}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	next := popular(hot+cold, random)
	sizes := make([]int, hot+cold)
	for i := range sizes {
		sizes[i] = int(4000 * math.Exp(random.NormFloat64()/2)) // most are small, some large
	}
	bytes := make([]byte, slices.Max(sizes))
	const overhead = 250 + 25 // of the tier, and what describes a variant
	simulation := newTinyLFU(limit)
	hits, simulatedHits, counted := 0, 0, 0
	for i := range requests {
		n := next()
		var key cache.Key
		key.Original[0], key.Original[1], key.Original[2], key.Entry[0] = byte(n), byte(n>>8), byte(n>>16), 1
		v, _, ok := s.Variant(t.Context(), key, 0)
		if ok {
			_ = v.Body.Close()
		} else { // as an engine would have rendered it
			s.Keep(key, cache.Variant{ContentType: "image/webp"}, bytes[:sizes[n]], 0, 0)
		}
		simulates := simulation.get(n, int64(sizes[n]+overhead))
		if i < requests/4 { // until there is no more room
			continue
		}
		counted++
		if ok {
			hits++
		}
		if simulates {
			simulatedHits++
		}
	}
	ratio, simulated := float64(hits)/float64(counted), float64(simulatedHits)/float64(counted)
	t.Logf("%.1f %% are hits, and %.1f %% in the simulation", 100*ratio, 100*simulated)
	if ratio < simulated-.02 {
		t.Errorf("%.1f %% are hits, and %.1f %% in a simulation of W-TinyLFU", 100*ratio, 100*simulated)
	}
	if tiers, _, _ := s.Usage(); tiers[1].Bytes > limit {
		t.Errorf("the tier takes %d bytes", tiers[1].Bytes)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
