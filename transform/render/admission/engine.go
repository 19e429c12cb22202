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

// New returns an engine whose jobs pass the gate before they are rendered by
// another engine. Several may share a gate.
func New(engine render.Engine, gate *Gate) *Engine { return &Engine{engine, gate} }

// Render implements render.Engine. It adds the wait for a share to the job's
// Waited, so that the next engine does not wait that long again.
//
// A job whose time is up returns its share although an encoder that cannot be
// interrupted may still be running: if the other engine draws in this
// process, its own slots limit the number of those.
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
	job.Reduced = e.gate.reduced()
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

// handOver is the part of QueueTimeout that is left to a job admitted at the
// last moment: the next engine has a slot for it, or will soon.
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
