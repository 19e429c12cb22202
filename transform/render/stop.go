package render

import (
	"context"
	stderrors "errors"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// errTime is the cause of a context that timed out by our own clock.
var errTime = stderrors.New("out of time")

// WithTimeout is context.WithTimeout for our own timeout: OutOfTime
// distinguishes it from a deadline of the caller.
func WithTimeout(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, timeout, errTime)
}

// OutOfTime reports whether a context of WithTimeout ended by our own clock.
func OutOfTime(ctx context.Context) bool { return context.Cause(ctx) == errTime }

// Stopped returns the error of a job whose context is done.
func Stopped(ctx context.Context) error {
	if OutOfTime(ctx) {
		return errors.New(errors.RenderTimeout, "The image could not be rendered within render_timeout")
	}
	if stderrors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errors.New(errors.RenderTimeout, "The image could not be fetched and rendered within backend_timeout").Because(context.Cause(ctx))
	}
	return errors.New(errors.ClientClosed, "The client closed the request").Because(context.Cause(ctx))
}

// Busy returns the error of a job that got no slot within its QueueTimeout.
func Busy(timeout time.Duration) error {
	busy := errors.New(errors.Overloaded, "The server is busy; no slot for rendering was free within queue_timeout, %s", timeout)
	busy.RetryAfter = timeout
	return busy
}
