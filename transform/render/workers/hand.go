//go:build unix

package workers

import (
	"context"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// draw has a worker draw, another one where the first is lost, and notes what came of
// it.
func (p *Pool) draw(ctx context.Context, job render.Job) (*render.Result, error) {
	// A worker that dies before it has the job dies of something else, and
	// another one gets it: once more than there are workers, all of which may have
	// been killed together. One that is killed while it has the job may have been
	// killed for it, so it is tried once more only. If the kernel did it twice, for the
	// memory that the job takes, that is held against the job as a timeout is. A kill by
	// anybody else says nothing about it.
	for losses, kills, ooms := 0, 0, 0; losses <= p.config.Workers; {
		result, err := p.hand(ctx, &job)
		switch err {
		case nil:
			p.refused.drew(job)
			return result, nil
		case errNotTried:
		case errLost:
			losses++
		case errKilled, errNoMemory:
			if err == errNoMemory {
				ooms++
			}
			if kills++; kills == 2 {
				if ooms == kills {
					p.refused.cost(job, 1)
				}
				return nil, errors.New(errors.Internal, "The image engine was killed twice while it had the picture").Because(err)
			}
		default:
			return nil, err
		}
	}
	return nil, errors.New(errors.Internal, "The image engine died before it took the picture").Because(errLost)
}

// hand hands a job to a worker and waits for what it makes of it. The time until then
// is noted in job.Waited.
func (p *Pool) hand(ctx context.Context, job *render.Job) (*render.Result, error) {
	patience := time.NewTimer(job.Patience())
	defer patience.Stop()
	began := time.Now()
	t := &task{ctx, *job, make(chan outcome, 1)}
	for handed := false; !handed; {
		changed, fault := p.starts.fault(p.config.Workers)
		if fault != nil && p.running.Load() == 0 {
			return nil, errors.New(errors.Internal, "The image engine does not start").Because(fault)
		}
		select {
		case p.jobs <- t:
			handed = true
		case <-changed:
		case <-ctx.Done():
			return nil, render.Stopped(ctx)
		case <-patience.C:
			return nil, render.Busy(job.QueueTimeout)
		case <-p.closing.Done():
			return nil, errors.New(errors.Overloaded, "The image server is stopping").Because(errClosed)
		}
	}
	job.Waited += time.Since(began)
	out := <-t.outcome
	return out.result, out.err
}
