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

// Coalescer lets jobs for the same variant, of all engines that go through it,
// share the one render that is in flight for them. It keeps no variant.
//
// A client that leaves does not disturb the others; when the last one leaves, the
// work stops. The result, error included, is shared. So are the times: who joins
// has the place in the queue, and the deadline, of who came first, which is never
// later than its own would be.
type Coalescer struct {
	group *coalesce.Group[identity, Job, *Result]
}

// NewCoalescer returns a Coalescer.
func NewCoalescer() *Coalescer {
	return &Coalescer{coalesce.NewGroup[identity, Job, *Result](Job.identity, sameVariant)}
}

// Engine returns an engine that has another one render what is not in flight
// already. Jobs that are in flight at the same time may be given to different
// engines only where these draw the same.
func (c *Coalescer) Engine(engine Engine) Engine { return &coalescing{engine, c.group} }

// Forget has nobody share what is in flight any more, and returns how many renders
// that are. Who waits for one goes on waiting.
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

// identity is what tells most jobs apart at no cost.
type identity struct {
	plan string
	size int // of the original
}

func (j Job) identity() identity { return identity{string(j.Plan.Key()), len(j.Original)} }

// sameVariant compares all that jobs with equal plans have beside it, whatever
// there is but where the original is from: the same bytes give the same variant. Bytes are compared, rather than hashed before, since there seldom is
// another job to compare with.
func sameVariant(a, b Job) bool {
	a.Plan, b.Plan = transform.Plan{}, transform.Plan{}
	a.Source, b.Source = Source{}, Source{}
	return reflect.DeepEqual(a, b)
}
