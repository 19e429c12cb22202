package server

import (
	"context"
	stderrors "errors"
	"net/http"
	"time"
)

// Causes of expired contexts.
var (
	errFetchTime   = stderrors.New("fetch_timeout is over")
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

// fetching returns a context for one fetch, over all origins.
func (s *Server) fetching(ctx context.Context) (context.Context, context.CancelFunc) {
	c := &deadline{Context: ctx, until: time.Now().Add(s.FetchTimeout), cause: errFetchTime}
	return c, c.end
}

// renderTimeout returns how long rendering may take at most.
func (s *Server) renderTimeout() time.Duration {
	if s.BackendTimeout == 0 {
		return s.RenderTimeout
	}
	return min(s.RenderTimeout, s.BackendTimeout)
}
