package render

import (
	"context"
	stderrors "errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/caddy-images/caddy-images/errors"
)

// InProcess is the Engine that renders in this process, as many jobs at a time
// as there are processors.
type InProcess struct {
	draw    Draw
	version string
	slots   *semaphore.Weighted
}

// Draw does one job. It stops early when ctx is done, where it can.
type Draw func(ctx context.Context, job Job) (*Result, error)

// NewInProcess returns an engine that renders with draw, whose version it is.
func NewInProcess(draw Draw, version string) *InProcess {
	return &InProcess{draw, version, semaphore.NewWeighted(int64(runtime.GOMAXPROCS(0)))}
}

// Version implements Engine.
func (e *InProcess) Version() string { return e.version }

// errTime is the cause of a context whose time is up by our own clock.
var errTime = stderrors.New("out of time")

// Render implements Engine.
func (e *InProcess) Render(ctx context.Context, job Job) (*Result, error) {
	if err := e.wait(ctx, job.QueueTimeout); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, job.Timeout, errTime)
	type outcome struct {
		result *Result
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		// Some encoders cannot be interrupted. The slot is theirs until they
		// end, while the client need not wait.
		defer e.slots.Release(1)
		defer cancel()
		result, err := e.safely(ctx, job)
		done <- outcome{result, err}
	}()
	select {
	case out := <-done:
		return out.result, out.err
	case <-ctx.Done():
	}
	select {
	case out := <-done:
		// It ended as the time did; cancel, above, is how that looks when it
		// ended first.
		return out.result, out.err
	default:
		return nil, stopped(ctx)
	}
}

// safely turns a panic, which would end the process on this goroutine, into an
// error, and the failure of a job that was stopped into why it was stopped.
func (e *InProcess) safely(ctx context.Context, job Job) (result *Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New(errors.Internal, "The image server failed").Because(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
		}
	}()
	result, err = e.draw(ctx, job)
	if err != nil && ctx.Err() != nil {
		err = stopped(ctx)
	}
	return result, err
}

func (e *InProcess) wait(ctx context.Context, timeout time.Duration) error {
	limited, cancel := context.WithTimeoutCause(ctx, timeout, errTime)
	defer cancel()
	if e.slots.Acquire(limited, 1) == nil {
		return nil
	}
	if context.Cause(limited) != errTime {
		return stopped(limited)
	}
	busy := errors.New(errors.Overloaded, "The server is busy; no slot for rendering was free within queue_timeout, %s", timeout)
	busy.RetryAfter = timeout
	return busy
}

// stopped is the error of a job whose context is done.
func stopped(ctx context.Context) error {
	if context.Cause(ctx) == errTime {
		return errors.New(errors.RenderTimeout, "The picture could not be rendered within render_timeout")
	}
	return errors.New(errors.ClientClosed, "The client closed the request").Because(context.Cause(ctx))
}
