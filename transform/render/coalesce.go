package render

import (
	"context"
	stderrors "errors"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/coalesce"
	"github.com/caddy-images/caddy-images/internal/held"
)

// Coalescer lets jobs with the same Key, from all its engines, share the
// render in flight. It keeps no variants.
//
// A client that leaves does not affect the others; when the last one leaves,
// the work stops. The result, error included, is shared. So are place in the
// queue and deadline, which are those of the first client and never later
// than a client's own.
type Coalescer struct {
	group *coalesce.Group[string, Job, *Result]
}

// NewCoalescer returns a Coalescer.
func NewCoalescer() *Coalescer {
	return &Coalescer{coalesce.NewGroup[string, Job, *Result](
		func(j Job) string { return j.Key },
		func(Job, Job) bool { return true },
	)}
}

// Engine returns an engine that renders with another one what is not in
// flight already. Jobs in flight at the same time may have different engines
// only if those draw the same.
func (c *Coalescer) Engine(engine Engine) Engine { return &coalescing{engine, c.group} }

// Forget keeps later jobs from sharing renders in flight, and returns the
// number of those. Present callers keep waiting for them.
func (c *Coalescer) Forget() int { return c.group.Forget(func(Job) bool { return true }) }

type coalescing struct {
	Engine
	group *coalesce.Group[string, Job, *Result]
}

// single numbers the jobs that are not shared.
var single atomic.Int64

// Render implements Engine.
func (e *coalescing) Render(ctx context.Context, job Job) (*Result, error) {
	if job.Key == "" {
		job.Key = "\x00" + strconv.FormatInt(single.Add(1), 10)
	}
	// The render may go on when this client has left and given up its files.
	release := held.Keep(job.files()...)
	result, _, err := e.group.DoOr(ctx, job, func(ctx context.Context, job Job) (*Result, error) {
		defer release()
		return e.Engine.Render(ctx, job)
	}, release)
	switch {
	case stderrors.Is(err, coalesce.ErrLeft):
		err = Stopped(ctx)
	case stderrors.Is(err, coalesce.ErrBroken):
		err = errors.From(fmt.Errorf("rendering: %w", err))
	}
	return result, err
}
