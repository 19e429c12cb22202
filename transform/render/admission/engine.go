package admission

import (
	"context"
	"time"

	"github.com/caddy-images/caddy-images/transform/render"
)

// Engine is a render.Engine whose jobs pass a gate.
type Engine struct {
	render.Engine
	gate *Gate
}

// New returns an engine that has another one render what its gate lets in.
// Several may have one gate.
func New(engine render.Engine, gate *Gate) *Engine { return &Engine{engine, gate} }

// Render implements render.Engine. What a job waited for its share is taken off
// its QueueTimeout.
//
// A job whose time is up gives its share back although an encoder that cannot be
// stopped may be at work for a while: where the other engine draws in this
// process, its own slots bound how many there are of those.
func (e *Engine) Render(ctx context.Context, job render.Job) (*render.Result, error) {
	cost, readable, err := Estimate(job)
	if err != nil {
		return nil, err
	}
	if !readable {
		cost = min(cost, e.gate.Budget())
	}
	began := time.Now()
	leave, err := e.gate.Acquire(ctx, cost, job.QueueTimeout)
	if err != nil {
		return nil, err
	}
	defer leave()
	job.Haste = e.gate.haste()
	job.QueueTimeout = max(job.QueueTimeout-time.Since(began), leastPatience)
	return e.Engine.Render(ctx, job)
}

// leastPatience is what is left of its QueueTimeout to a job that was let in at
// the last moment: the engine behind has a slot for it, or will at once.
const leastPatience = 100 * time.Millisecond

var _ render.Engine = (*Engine)(nil)
