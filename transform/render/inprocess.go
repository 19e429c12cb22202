package render

import (
	"context"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/semaphore"

	"github.com/caddy-images/caddy-images/errors"
)

// InProcess is an Engine that renders in this process. It refuses plans with
// font files.
type InProcess struct {
	draw    Draw
	version string
	slots   *semaphore.Weighted
	busy    atomic.Int64 // running jobs
}

// NewInProcess returns an engine that renders with draw, of the given
// version, with a slot for each processor.
func NewInProcess(draw Draw, version string) *InProcess {
	return NewInProcessSlots(draw, version, runtime.GOMAXPROCS(0))
}

// NewInProcessSlots is NewInProcess with a number of slots.
func NewInProcessSlots(draw Draw, version string, slots int) *InProcess {
	return &InProcess{draw: draw, version: version, slots: semaphore.NewWeighted(int64(slots))}
}

// Version implements Engine.
func (e *InProcess) Version() string { return e.version }

// Render implements Engine.
func (e *InProcess) Render(ctx context.Context, job Job) (*Result, error) {
	if job.Plan.HasFonts() {
		// A font stays loaded for the life of the process.
		return nil, errors.New(errors.BadTransform, "Font files need worker processes, and this server has `isolation off`; name a font family that is installed")
	}
	if err := e.wait(ctx, job); err != nil {
		return nil, err
	}
	ctx, cancel := WithTimeout(ctx, job.Timeout)
	type outcome struct {
		result *Result
		err    error
	}
	done := make(chan outcome, 1)
	job.Threads = Threads(int(e.busy.Add(1)))
	go func() {
		// Some encoders cannot be interrupted. They keep their slot until
		// they end, while the client need not wait.
		defer e.slots.Release(1)
		defer e.busy.Add(-1)
		defer cancel()
		result, err := e.draw.Do(ctx, job)
		done <- outcome{result, err}
	}()
	select {
	case out := <-done:
		return out.result, out.err
	case <-ctx.Done():
	}
	select {
	case out := <-done:
		// It ended just when the time did; cancel, above, handles the
		// opposite order.
		return out.result, out.err
	default:
		return nil, Stopped(ctx)
	}
}

func (e *InProcess) wait(ctx context.Context, job Job) error {
	if e.slots.TryAcquire(1) {
		return nil
	}
	limited, cancel := WithTimeout(ctx, job.Patience())
	defer cancel()
	if e.slots.Acquire(limited, 1) == nil {
		return nil
	}
	if !OutOfTime(limited) {
		return Stopped(limited)
	}
	return Busy(job.QueueTimeout)
}
