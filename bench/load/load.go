// Package load generates load: clients repeat a request, and their times are
// measured.
package load

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Do is one request. Each gets a unique number, from 0.
type Do func(n int) error

// Result is the result of a period of load.
type Result struct {
	Times   []time.Duration // of each request, in no order
	Elapsed time.Duration   // from the first request's begin to the last one's end
}

// Run lets clients send requests back to back, for the duration and until
// there were least requests. open creates a client's connection. The first
// error ends the run.
func Run(clients int, duration time.Duration, least int, open func() (Do, error)) (Result, error) {
	dos := make([]Do, clients)
	for i := range dos {
		var err error
		if dos[i], err = open(); err != nil {
			return Result{}, err
		}
	}
	var (
		next   atomic.Int64
		stop   atomic.Bool
		mu     sync.Mutex
		all    Result
		failed error
		group  sync.WaitGroup
	)
	begun := time.Now()
	for _, do := range dos {
		group.Go(func() {
			var times []time.Duration
			var err error
			for !stop.Load() {
				n := int(next.Add(1) - 1)
				if n >= least && time.Since(begun) >= duration {
					break
				}
				asked := time.Now()
				if err = do(n); err != nil {
					stop.Store(true)
					break
				}
				times = append(times, time.Since(asked))
			}
			mu.Lock()
			defer mu.Unlock()
			all.Times = append(all.Times, times...)
			failed = cmp.Or(failed, err)
		})
	}
	group.Wait()
	all.Elapsed = time.Since(begun)
	return all, failed
}

// Add merges another result of the same load.
func (r *Result) Add(other Result) {
	r.Times = append(r.Times, other.Times...)
	r.Elapsed += other.Elapsed
}

// Rate is in requests per second.
func (r Result) Rate() float64 {
	if r.Elapsed <= 0 {
		return 0
	}
	return float64(len(r.Times)) / r.Elapsed.Seconds()
}

// Mean returns the mean time of a request, 0 if there was none.
func (r Result) Mean() time.Duration {
	if len(r.Times) == 0 {
		return 0
	}
	var sum time.Duration
	for _, t := range r.Times {
		sum += t
	}
	return sum / time.Duration(len(r.Times))
}

// Percentile returns the time that a share of the requests, above 0 and at
// most 1, does not exceed, by nearest rank; 0 if there are none.
func (r Result) Percentile(share float64) time.Duration {
	if len(r.Times) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(r.Times))
	rank := int(math.Ceil(share*float64(len(sorted)) - 1e-9))
	return sorted[max(rank, 1)-1]
}
