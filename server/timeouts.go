package server

import (
	"context"
	stderrors "errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/caddy-images/caddy-images/internal/held"
)

// Causes of expired contexts.
var (
	errFetchTime   = fmt.Errorf("fetch_timeout is over: %w", context.DeadlineExceeded)
	errBackendTime = stderrors.New("backend_timeout is over")
)

// limited returns the context for working on a request: until the client
// leaves or backend_timeout is over. It does not limit sending: a slow client
// takes its time.
func (s *Server) limited(r *http.Request) (context.Context, context.CancelFunc) {
	if s.BackendTimeout == 0 {
		return r.Context(), func() {}
	}
	return context.WithTimeoutCause(r.Context(), s.BackendTimeout, errBackendTime)
}

// fetching returns a context for one fetch, over all origins: within
// fetch_timeout, which does not run while the request waits for memory.
func (q *request) fetching(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(held.WithClaim(ctx, q.claim))
	c := &clock{left: q.FetchTimeout, ends: func() { cancel(errFetchTime) }}
	c.Resume()
	q.claim.Time(c)
	return ctx, func() {
		q.claim.Time(nil)
		c.Pause()
		cancel(nil)
	}
}

// clock ends something when it has run for a while. It is safe for concurrent
// use.
type clock struct {
	ends func()

	mu     sync.Mutex
	left   time.Duration
	began  time.Time
	timer  *time.Timer
	pauses int
}

// Pause implements held.Clock.
func (c *clock) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pauses++; c.pauses == 1 && c.timer != nil {
		c.timer.Stop()
		c.left -= time.Since(c.began)
	}
}

// Resume implements held.Clock. A clock that was never paused begins to run.
func (c *clock) Resume() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pauses = max(0, c.pauses-1); c.pauses == 0 {
		c.began = time.Now()
		c.timer = time.AfterFunc(max(c.left, 0), c.ends)
	}
}

// renderTimeout returns how long rendering may take at most.
func (s *Server) renderTimeout() time.Duration {
	if s.BackendTimeout == 0 {
		return s.RenderTimeout
	}
	return min(s.RenderTimeout, s.BackendTimeout)
}
