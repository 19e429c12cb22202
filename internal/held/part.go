package held

import (
	"container/list"
	"context"
	stderrors "errors"
	"sync"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// patience is how long the first in a queue may be overtaken by others that
// need less.
const patience = time.Second

// part is a part of memory.
//
// Waiting for it is first come, first served. Only while the first one has
// waited for less than patience may others that fit overtake it: a large file
// does not delay small ones, and a stream of small ones does not delay it for
// long.
type part struct {
	size int64 // bytes

	// open is how much of it those who enter may use. The rest is for files
	// that turn out to be larger than estimated.
	open int64

	mu       sync.Mutex
	used     int64
	larger   list.List // of *waiter: they need all of size, and go first
	entering list.List // of *waiter, within open
	peak     int64     // of used, since memory was last returned to the system
	idle     *idle     // may be nil
}

// waiter is somebody who waits for a part.
type waiter struct {
	bytes int64
	since time.Time
	in    chan struct{} // closed when the bytes are taken
}

// try takes n bytes if they are free at once.
func (p *part) try(n int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.used+n > p.size {
		return false
	}
	p.take(n)
	return true
}

// take is called with the lock held.
func (p *part) take(n int64) {
	p.used += n
	p.peak = max(p.peak, p.used)
}

// release gives n bytes back.
func (p *part) release(n int64) {
	if n == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used -= n
	p.serve()
	if p.idle != nil && p.hasFallen() {
		p.idle.soon()
	}
}

// enter takes n bytes within the open share, after those who wait. The error
// is errors.Overloaded after timeout, or errors.ClientClosed when ctx is done.
func (p *part) enter(ctx context.Context, n int64, timeout time.Duration) error {
	return p.wait(ctx, &p.entering, n, timeout)
}

// exchange gives back `had` bytes and takes n, of the whole part. With an error
// nothing is held.
func (p *part) exchange(ctx context.Context, had, n int64, timeout time.Duration) error {
	p.mu.Lock()
	if p.used-had+n <= p.size && p.larger.Len() == 0 {
		p.take(n - had)
		p.mu.Unlock()
		return nil
	}
	p.mu.Unlock()
	p.release(had)
	return p.wait(ctx, &p.larger, n, timeout)
}

func (p *part) wait(ctx context.Context, queue *list.List, n int64, timeout time.Duration) error {
	if ctx.Err() != nil {
		return leaves(ctx)
	}
	p.mu.Lock()
	if p.larger.Len()+p.entering.Len() == 0 && p.fits(n, p.most(queue)) {
		p.take(n)
		p.mu.Unlock()
		return nil
	}
	w := &waiter{bytes: n, since: time.Now(), in: make(chan struct{})}
	place := queue.PushBack(w)
	p.serve()
	p.mu.Unlock()
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	select {
	case <-w.in:
		return nil
	case <-ctx.Done():
	case <-limit.C:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-w.in: // at the last moment
		return nil
	default:
	}
	queue.Remove(place)
	p.serve()
	return leaves(ctx)
}

// serve lets in those who wait and fit. The lock is held.
func (p *part) serve() {
	p.serveQueue(&p.larger)
	if p.larger.Len() == 0 {
		p.serveQueue(&p.entering)
	}
}

// most returns how much of the part those in a queue may use.
func (p *part) most(queue *list.List) int64 {
	if queue == &p.larger {
		return p.size
	}
	return p.open
}

// fits reports whether n bytes are free. What is larger than most comes in
// alone.
func (p *part) fits(n, most int64) bool {
	return p.used+n <= most || p.used == 0 && n <= p.size
}

func (p *part) serveQueue(queue *list.List) {
	for place := queue.Front(); place != nil; {
		w, next := place.Value.(*waiter), place.Next()
		switch {
		case p.fits(w.bytes, p.most(queue)):
			p.take(w.bytes)
			close(w.in)
			queue.Remove(place)
		case place == queue.Front() && time.Since(w.since) >= patience:
			return
		}
		place = next
	}
}

// hasFallen reports whether much less is used than was. The lock is held.
func (p *part) hasFallen() bool { return p.peak-p.used >= muchGarbage && p.used <= p.peak/4 }

// settle reports whether much less is used than was, and begins anew.
func (p *part) settle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	fallen := p.hasFallen()
	if fallen {
		p.peak = p.used
	}
	return fallen
}

// state returns the bytes in use and how many wait.
func (p *part) state() (used int64, waiting int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.used, p.larger.Len() + p.entering.Len()
}

// errTimeout ends a wait whose time is up.
var errTimeout = stderrors.New("no memory was free in time")

// leaves returns the error of somebody who waits no longer: the client left, or
// the time is up, be it a wait's own or that of the request.
func leaves(ctx context.Context) error {
	if ctx.Err() == nil || stderrors.Is(ctx.Err(), context.DeadlineExceeded) || stderrors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return errTimeout
	}
	return errors.New(errors.ClientClosed, "The client closed the request").Because(context.Cause(ctx))
}
