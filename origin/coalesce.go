package origin

import (
	"context"
	stderrors "errors"
	"fmt"
	"runtime/debug"
	"sync"

	"github.com/caddy-images/caddy-images/errors"
)

// Coalesce returns an origin that lets equal Requests share the one fetch that
// is in flight for them. A RequestBound origin is returned as it is.
//
// A waiter whose context is done returns at once and leaves the fetch to the
// others; when the last one leaves, the fetch is cancelled. The fetch carries no
// value and no deadline of any waiter's context: it belongs to all of them. What
// it returns, error included, is shared, so nobody changes it.
func Coalesce(o Origin) Origin {
	if _, bound := o.(RequestBound); bound {
		return o
	}
	return &coalescer{origin: o, flights: make(map[Request]*flight)}
}

type coalescer struct {
	origin Origin

	mu      sync.Mutex
	flights map[Request]*flight
}

// flight is one shared fetch. source and err may be read once done is closed.
type flight struct {
	waiters int // guarded by coalescer.mu
	cancel  context.CancelFunc
	done    chan struct{}
	source  *Source
	err     error
}

func (c *coalescer) Fetch(ctx context.Context, req Request) (*Source, error) {
	if ctx.Err() != nil {
		return nil, GivenUp(ctx)
	}
	f := c.join(req)
	select {
	case <-f.done:
		return f.source, f.err
	case <-ctx.Done():
		c.leave(req, f)
		return nil, GivenUp(ctx)
	}
}

// join boards the flight for req, or starts it.
func (c *coalescer) join(req Request) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := c.flights[req]
	if f == nil {
		ctx, cancel := context.WithCancel(context.Background())
		f = &flight{cancel: cancel, done: make(chan struct{})}
		c.flights[req] = f
		go c.fly(ctx, req, f)
	}
	f.waiters++
	return f
}

// leave gives up a seat. The last to leave cancels the flight and forgets it, so
// that nobody boards a flight that is going down.
func (c *coalescer) leave(req Request, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.waiters--
	if f.waiters == 0 {
		f.cancel()
		c.forget(req, f)
	}
}

// forget is called with c.mu held.
func (c *coalescer) forget(req Request, f *flight) {
	if c.flights[req] == f {
		delete(c.flights, req)
	}
}

// fly fetches for all waiters. However the fetch ends, by runtime.Goexit too,
// they hear of it.
func (c *coalescer) fly(ctx context.Context, req Request, f *flight) {
	f.err = errors.From(errFetchVanished)
	defer func() {
		if p := recover(); p != nil {
			f.err = errors.From(fmt.Errorf("fetching original: panic: %v\n%s", p, debug.Stack()))
		}
		c.mu.Lock()
		c.forget(req, f)
		c.mu.Unlock()
		close(f.done)
		f.cancel()
	}()
	f.source, f.err = c.origin.Fetch(ctx, req)
}

var errFetchVanished = stderrors.New("fetching original: the fetch ended without a result")
