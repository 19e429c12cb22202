package render

import (
	"context"
	stderrors "errors"
	"fmt"
	"reflect"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/coalesce"
	"github.com/caddy-images/caddy-images/transform"
)

// Coalescer lets jobs for the same variant, from all its engines, share the
// render in flight. It keeps no variants.
//
// A client that leaves does not affect the others; when the last one leaves,
// the work stops. The result, error included, is shared. So are place in the
// queue and deadline, which are those of the first client and never later
// than a client's own.
type Coalescer struct {
	group *coalesce.Group[identity, Job, *Result]
}

// NewCoalescer returns a Coalescer.
func NewCoalescer() *Coalescer {
	return &Coalescer{coalesce.NewGroup[identity, Job, *Result](Job.identity, sameVariant)}
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
	group *coalesce.Group[identity, Job, *Result]
}

// Render implements Engine.
func (e *coalescing) Render(ctx context.Context, job Job) (*Result, error) {
	result, _, err := e.group.Do(ctx, job, e.Engine.Render)
	switch {
	case stderrors.Is(err, coalesce.ErrLeft):
		err = Stopped(ctx)
	case stderrors.Is(err, coalesce.ErrBroken):
		err = errors.From(fmt.Errorf("rendering: %w", err))
	}
	return result, err
}

// identity distinguishes most jobs cheaply.
type identity struct {
	plan string
	size int // of the original
}

func (j Job) identity() identity { return identity{string(j.Plan.Key()), len(j.Original)} }

// sameVariant compares everything in jobs with equal plans except for the
// source of the original and how long they waited: the same bytes give the
// same variant. It compares
// bytes instead of hashing, since there seldom is another job to compare
// with.
func sameVariant(a, b Job) bool {
	a.Plan, b.Plan = transform.Plan{}, transform.Plan{}
	a.Source, b.Source = Source{}, Source{}
	a.Waited, b.Waited = 0, 0
	return reflect.DeepEqual(a, b)
}
