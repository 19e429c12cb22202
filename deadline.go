package images

import (
	"context"
	stderrors "errors"
	"net/http"
	"time"
)

// Causes of contexts whose time is over.
var (
	errFetchTime   = stderrors.New("fetch_timeout is over")
	errBackendTime = stderrors.New("backend_timeout is over")
)

// limited is the context that a request is worked on in, until the client leaves
// or backend_timeout is over. Sending the answer is not bounded: a slow client
// takes its time.
func (h *Handler) limited(r *http.Request) (context.Context, context.CancelFunc) {
	if h.BackendTimeout == 0 {
		return r.Context(), func() {}
	}
	return context.WithTimeoutCause(r.Context(), time.Duration(h.BackendTimeout), errBackendTime)
}

// fetching is a context for one fetch, over all origins.
func (h *Handler) fetching(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, time.Duration(h.FetchTimeout), errFetchTime)
}

// renderTimeout is how long rendering may take at most.
func (h *Handler) renderTimeout() time.Duration {
	if h.BackendTimeout == 0 {
		return time.Duration(h.RenderTimeout)
	}
	return time.Duration(min(h.RenderTimeout, h.BackendTimeout))
}
