//go:build unix

package workers

import (
	"context"
	stderrors "errors"
	"fmt"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// slot keeps one worker running and gives it its jobs.
type slot struct {
	pool     *Pool
	record   *record
	failures int   // consecutive workers that did not start, or died without a job
	faults   int   // those of them that were not killed
	lost     bool  // the last worker was lost before it took a job
	fate     error // why the last ready worker ended
}

// manyFailures in a row, over two seconds, are not an accident.
const manyFailures = 5

// The delay after the first failed start, which doubles up to the longest.
// While requests wait for a worker it is at most the last.
const (
	firstWait   = 100 * time.Millisecond
	waitedFor   = time.Second
	longestWait = 30 * time.Second
)

// Why a ready worker ended without a job: errEndsAtOnce by itself, errEnded
// from outside.
var (
	errEndsAtOnce = stderrors.New("workers end as soon as they are ready")
	errEnded      = stderrors.New("the worker was ended")
)

func fateOf(killed bool) error {
	if killed {
		return errEnded
	}
	return errEndsAtOnce
}

// run works until the pool is closed.
func (s *slot) run() {
	for s.pool.closing.Err() == nil {
		w, greeting, err := s.pool.start(s.pool.closing)
		s.pool.try(err)
		switch {
		case err == nil:
			s.greeted(w, greeting)
			if s.serve(w) {
				s.failures, s.faults, s.fate = 0, 0, nil
				continue
			}
			err = s.fate
		case s.pool.closing.Err() != nil:
			return
		default:
			s.pool.config.Ended(NotStarted)
			s.pool.log().Error("a worker does not start", zap.Error(err))
		}
		s.failures++
		s.wait(err)
	}
}

// greeted logs a worker's first message, once.
func (s *slot) greeted(w *process, greeting *ready) {
	s.record.ready(w, greeting)
	s.pool.config.Started()
	s.pool.log().Debug("a worker is ready", zap.Int("pid", w.pid()))
	if now, before := greeting.Version, s.pool.config.Version; now != before {
		s.pool.once.version.Do(func() {
			s.pool.log().Warn("libvips was replaced; restart Caddy, so that new variants get new entity tags",
				zap.String("now", cut(now, maxLine)), zap.String("before", before))
		})
	}
	if len(greeting.Missing) > 0 {
		s.pool.once.missing.Do(func() {
			s.pool.log().Warn("workers keep rights that this system cannot remove; `isolation strict` would refuse to run",
				zap.String("missing", cut(strings.Join(greeting.Missing, "; "), maxLine)))
		})
	}
}

// wait delays the next start of a worker, unless another slot's worker starts
// or a request asks. If waiting will not help, cause is the reason of the
// last failure, and requests get it as an error.
func (s *slot) wait(cause error) {
	changed := s.pool.starts.next() // before the next change
	wait := min(longestWait, firstWait<<min(s.failures-1, 20))
	if s.isHopeless(cause) {
		s.pool.starts.bad(s, cause)
	} else {
		s.pool.starts.bad(s, nil)
		wait = min(wait, waitedFor)
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			return
		case <-s.pool.starts.asked:
			return
		case <-changed:
			if changed = s.pool.starts.next(); s.pool.running.Load() > 0 && s.failures > 1 {
				return
			}
		case <-s.pool.closing.Done():
			return
		}
	}
}

// isHopeless reports whether a failed start is one of too many.
func (s *slot) isHopeless(cause error) bool {
	if cause == errEnded || stderrors.Is(cause, errKilled) && !stderrors.Is(cause, errNoMemory) {
		return false // kills will end, and then workers start
	}
	s.faults++
	var refusal *refusalError
	return stderrors.As(cause, &refusal) || stderrors.Is(cause, context.DeadlineExceeded) || s.faults >= manyFailures
}

// serve gives the worker jobs until it is dead or to be replaced, and reports
// whether it did any.
func (s *slot) serve(w *process) (useful bool) {
	s.pool.running.Add(1)
	defer s.pool.running.Add(-1)
	if s.fate != errEndsAtOnce { // otherwise it must draw something first
		s.pool.starts.good()
	}
	defer s.record.gone()
	begun := time.Now()
	var rested <-chan time.Time // fires when a worker that kept much memory was idle for a while
	trims := 0                  // requests to return memory since then
	for jobs := 1; ; jobs++ {
		marked := false // by a font, which would affect other texts
		select {
		case <-rested:
			rested, jobs = nil, jobs-1
			if w.size.own() <= w.own+kept {
				continue
			}
			if trims == mostTrims {
				s.replace(w, jobs)
				return true
			}
			// A death from this is noticed like that of any idle worker.
			_ = w.trim()
			trims++
			rested = time.After(rest)
			continue
		case t := <-s.pool.jobs:
			if s.isDead(w) {
				t.release()
				t.end(nil, errNotTried)
				return jobs > 1
			}
			s.lost = false
			alive := s.render(w, t)
			t.release()
			if !alive {
				return jobs > 1 || !s.lost
			}
			if jobs == 1 {
				s.pool.starts.good()
			}
			marked = t.job.Plan.HasFonts()
		case _, ok := <-w.answers:
			s.ended(w, ok)
			return jobs > 1 || time.Since(begun) > longestWait
		case <-s.pool.closing.Done():
			s.stop(w, Closed)
			return true
		}
		if marked || jobs >= s.pool.config.MaxJobs || w.size.resident() > s.pool.config.MaxResident {
			s.replace(w, jobs)
			return true
		}
		rested, trims = nil, 0
		own := w.size.own()
		if own > w.own+keptAtWork {
			_ = w.trim()
		}
		if own > w.own+kept {
			rested = time.After(rest)
		}
	}
}

// How much more memory than initially a worker may keep after an image. It is
// at hand for the next image, which saves a busy worker a tenth of its time;
// but an idle worker must not hold memory that the machine needs. One request
// to return it is not always enough: memory freed by finalizers is returned
// only by the second, and memory held by threads of libvips not at all
// (observed: 14 MB in the arena of each of three threads).
const (
	keptAtWork = 128 << 20
	kept       = 32 << 20
	rest       = time.Second
	mostTrims  = 2 // while idle; then the worker is replaced
)

// replace ends an idle worker that has done many jobs, or holds much memory.
func (s *slot) replace(w *process, jobs int) {
	s.pool.log().Debug("replacing a worker", zap.Int("pid", w.pid()), zap.Int("jobs", jobs), zap.Int64("resident", w.size.resident()))
	s.stop(w, Replaced)
}

// isDead reports whether an idle worker is known to be dead.
func (s *slot) isDead(w *process) bool {
	select {
	case _, ok := <-w.answers:
		s.ended(w, ok)
		return true
	default:
		return false
	}
}

// ended handles an idle worker that died or sent a message.
func (s *slot) ended(w *process, spoke bool) {
	fault := fmt.Errorf("%w: unexpected message", errNonsense)
	if !spoke { // otherwise the listener is still running
		fault = w.fault
	}
	s.fate = fateOf(!spoke && w.diedFromOutside(fault))
	s.kill(w, Died)
	s.pool.log().Warn("an idle worker ended", zap.Int("pid", w.pid()), zap.String("state", w.state()), zap.Error(fault))
}

// render runs a job on the worker, and reports whether the worker can do
// another one.
func (s *slot) render(w *process, t *task) (alive bool) {
	t.job.Threads = render.Threads(int(s.pool.busy.Add(1)))
	t.job.Isolated = true
	defer s.pool.busy.Add(-1)
	s.record.begin()
	defer s.record.end()
	ctx, cancel := render.WithTimeout(t.ctx, t.job.Timeout)
	defer cancel()
	if ctx.Err() != nil {
		t.end(nil, render.Stopped(ctx))
		return true
	}
	began := time.Now()
	cost := func() { s.pool.refused.cost(t.job, time.Since(began).Seconds()/t.job.Timeout.Seconds()) }
	w.last++
	if err := w.job(ctx, w.last, t.job); err != nil {
		if ctx.Err() != nil {
			t.end(nil, render.Stopped(ctx))
			s.kill(w, endOf(ctx))
			return false
		}
		s.broken(w, t, false, err)
		return false
	}
	for accepted := false; ; {
		select {
		case a, ok := <-w.answers:
			switch {
			case !ok:
				s.broken(w, t, accepted, w.fault)
				return false
			case a.id != w.last, a.accepted == accepted, a.ready != nil:
				s.broken(w, t, accepted, errNonsense)
				return false
			case a.accepted:
				accepted = true
				continue
			case a.failure != nil:
				t.end(nil, a.failure)
			case t.job.Inspect != (a.result.Details != nil):
				s.broken(w, t, accepted, errNonsense)
				return false
			default:
				t.end(a.result, nil)
			}
			return true
		case <-ctx.Done():
			if !accepted {
				cost = func() {} // the worker never opened the file
			}
			if render.OutOfTime(ctx) {
				cost() // before the next request
				t.end(nil, render.Stopped(ctx))
				s.pool.log().Warn("an image took longer than render_timeout; its worker is replaced", zap.Int("pid", w.pid()))
				s.kill(w, TimedOut)
				return false
			}
			t.end(nil, render.Stopped(ctx))
			if !s.settle(w) {
				cost()
				return false
			}
			return true
		}
	}
}

// broken ends a task whose worker died or violated the protocol. That is the
// image's fault, unless the worker died before it had the image, or was
// killed from outside.
func (s *slot) broken(w *process, t *task, accepted bool, fault error) {
	lost := !accepted && !stderrors.Is(fault, errNonsense)
	killed := w.diedFromOutside(fault)
	why := Broken
	switch {
	case lost:
		why = Died
	case killed:
		why = Killed
	}
	s.kill(w, why)
	cause := fmt.Errorf("worker %d: %w (%s)", w.pid(), fault, w.state())
	switch {
	case lost:
		s.lost, s.fate = true, fateOf(killed)
		s.pool.log().Warn("a worker died before it took a job", zap.Error(cause))
		t.end(nil, errLost)
	case killed:
		s.pool.log().Warn("a worker was killed while it had an image", zap.Error(cause))
		if s.pool.ranOutOfMemory(w) {
			t.end(nil, errNoMemory)
		} else {
			t.end(nil, errKilled)
		}
	default:
		s.pool.refused.broke(t.job)
		t.end(nil, errors.New(errors.Internal, "The image broke the image engine").Because(cause))
	}
}

// settle cancels the worker's job, whose client has left, and reports whether
// the worker became idle soon.
func (s *slot) settle(w *process) bool {
	ctx, cancel := context.WithTimeout(context.Background(), s.pool.settleTime)
	defer cancel()
	if w.cancel(w.last) != nil {
		s.kill(w, Cancelled)
		return false
	}
	for {
		select {
		case a, ok := <-w.answers:
			if ok && a.accepted && a.id == w.last {
				continue
			}
			if ok && a.ready == nil && a.id == w.last {
				return true
			}
		case <-ctx.Done():
		}
		s.kill(w, Cancelled)
		return false
	}
}

// kill kills the worker.
func (s *slot) kill(w *process, why End) {
	w.kill()
	s.pool.config.Ended(why)
}

// stop makes an idle worker exit.
func (s *slot) stop(w *process, why End) {
	w.stop()
	s.pool.config.Ended(why)
}

// endOf returns the End of a worker whose job's context is done.
func endOf(ctx context.Context) End {
	if render.OutOfTime(ctx) {
		return TimedOut
	}
	return Cancelled
}
