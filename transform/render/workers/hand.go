//go:build unix

package workers

import (
	"context"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/transform/render"
)

// draw draws with a worker, or with another one if that is lost, and records
// the outcome.
func (p *Pool) draw(ctx context.Context, job render.Job) (*render.Result, error) {
	// A worker that dies before it has the job dies of something else, and
	// another one gets the job: up to once more than there are workers, all
	// of which may have been killed together. A worker that is killed while
	// it has the job may have been killed because of it, so the job is tried
	// only once more. If the kernel kills twice for want of memory, that
	// counts against the job like a timeout. Other kills say nothing about
	// the job.
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
				return nil, errors.New(errors.Internal, "The image engine was killed twice while rendering the image").Because(err)
			}
		default:
			return nil, err
		}
	}
	return nil, errors.New(errors.Internal, "The image engine died before rendering the image").Because(errLost)
}

// hand hands a job to a worker and waits for the outcome. It adds the wait
// for a worker to job.Waited.
func (p *Pool) hand(ctx context.Context, job *render.Job) (*render.Result, error) {
	patience := time.NewTimer(job.Patience())
	defer patience.Stop()
	began := time.Now()
	// The worker's slot may read the files when the client has left.
	t := &task{ctx, *job, make(chan outcome, 1), held.Keep(filesOf(*job)...)}
	handed := false
	defer func() {
		if !handed {
			t.release()
		}
	}()
	for !handed {
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
