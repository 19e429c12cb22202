package server

import (
	"context"
	"sync"
	"time"
)

// deadline is a context with a deadline that takes a timer only once somebody waits for it:
// what the cache has needs none.
type deadline struct {
	context.Context // without the deadline
	until           time.Time
	cause           error

	mu     sync.Mutex
	timed  context.Context // with the deadline; nil until it is needed
	cancel context.CancelFunc
	ended  bool
}

// end releases what the context holds, as every context.CancelFunc does.
func (d *deadline) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ended = true
	if d.cancel != nil {
		d.cancel()
	}
}

// withTimer returns the context with its timer.
func (d *deadline) withTimer() context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.timed == nil {
		d.timed, d.cancel = context.WithDeadlineCause(d.Context, d.until, d.cause)
		if d.ended {
			d.cancel()
		}
	}
	return d.timed
}

// Deadline implements context.Context.
func (d *deadline) Deadline() (time.Time, bool) {
	if earlier, ok := d.Context.Deadline(); ok && earlier.Before(d.until) {
		return earlier, true
	}
	return d.until, true
}

// Done implements context.Context.
func (d *deadline) Done() <-chan struct{} { return d.withTimer().Done() }

// Err implements context.Context.
func (d *deadline) Err() error { return d.withTimer().Err() }

// Value implements context.Context. The package context finds by it what a context that
// is done was ended by.
func (d *deadline) Value(key any) any {
	d.mu.Lock()
	timed := d.timed
	d.mu.Unlock()
	if timed != nil {
		return timed.Value(key)
	}
	return d.Context.Value(key)
}
