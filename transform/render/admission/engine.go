package admission

import (
	"context"
	"time"

	"github.com/caddy-images/caddy-images/errors"
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

// Render implements render.Engine. What a job waited for its share is noted in its
// Waited, so that the engine behind does not have it wait for as long again.
//
// A job whose time is up gives its share back although an encoder that cannot be
// stopped may be at work for a while: where the other engine draws in this
// process, its own slots bound how many there are of those.
func (e *Engine) Render(ctx context.Context, job render.Job) (*render.Result, error) {
	began := time.Now()
	cost, err := e.appraise(ctx, job)
	if err != nil {
		return nil, err
	}
	job.Waited += time.Since(began)
	if err := checkTime(cost.Time, job.MaxCost); err != nil {
		return nil, err
	}
	memory := cost.Memory
	if !cost.Readable {
		memory = min(memory, e.gate.Budget())
	}
	began = time.Now()
	files := e.gate.shares.hash(job)
	patience := job.Patience()
	leave, err := e.gate.acquire(ctx, memory, files, patience-min(handOver, patience/10), job.QueueTimeout)
	if err != nil {
		return nil, err
	}
	defer leave()
	job.Haste = e.gate.haste()
	job.Waited += time.Since(began)
	result, err := e.Engine.Render(ctx, job)
	e.gate.learn(files, job, err)
	return result, err
}

// appraise is CostOf. Reading how a drawing is made takes time and memory in
// proportion to its file, so only as many are read at a time as jobs are drawn.
func (e *Engine) appraise(ctx context.Context, job render.Job) (Cost, error) {
	if !hasDrawings(job) {
		return CostOf(job)
	}
	ctx, cancel := render.WithTimeout(ctx, job.Patience())
	defer cancel()
	select {
	case e.gate.reading <- struct{}{}:
		defer func() { <-e.gate.reading }()
		return CostOf(job)
	case <-ctx.Done():
	}
	if render.OutOfTime(ctx) {
		return Cost{}, render.Busy(job.QueueTimeout)
	}
	return Cost{}, render.Stopped(ctx)
}

// handOver is what is kept of its QueueTimeout for a job that is let in at the last
// moment: the engine behind has a slot for it, or will at once.
const handOver = 100 * time.Millisecond

// checkTime reports as errors.Limit that drawing takes more processor time than it may.
func checkTime(estimate, most time.Duration) error {
	if most <= 0 || estimate <= most {
		return nil
	}
	unit := 100 * time.Millisecond
	if most < time.Second {
		unit = time.Millisecond
	}
	return errors.New(errors.Limit, "Rendering this would take about %s of processor time, more than max_cost, %s", max(estimate.Round(unit), unit), most)
}

var _ render.Engine = (*Engine)(nil)
