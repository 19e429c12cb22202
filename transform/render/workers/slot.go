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
	failures int   // workers in a row that did not start, or died soon and did no job
	faults   int   // those of them that no kill is behind
	lost     bool  // the last worker was lost before it took a job
	fate     error // why the last worker that was ready is no more
}

// manyFailures in a row, two seconds of them, are not an accident.
const manyFailures = 5

// The wait before a worker is started after the first one that failed, which doubles up
// to the longest. As long as requests wait for a worker it is no longer than the next.
const (
	firstWait   = 100 * time.Millisecond
	waitedFor   = time.Second
	longestWait = 30 * time.Second
)

// Why a worker that was ready is no more, and did nothing: errEndsAtOnce by itself,
// errEnded by others.
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

// greeted logs what a worker said at first, unless it was said before.
func (s *slot) greeted(w *process, greeting *ready) {
	s.record.ready(w, greeting)
	s.pool.config.Started()
	s.pool.log().Debug("a worker is ready", zap.Int("pid", w.pid()))
	if now, before := greeting.Version, s.pool.config.Version; now != before {
		s.pool.once.version.Do(func() {
			s.pool.log().Warn("libvips was replaced; restart Caddy, so that variants drawn by the old one are told from new ones",
				zap.String("now", cut(now, maxLine)), zap.String("before", before))
		})
	}
	if len(greeting.Missing) > 0 {
		s.pool.once.missing.Do(func() {
			s.pool.log().Warn("workers keep rights that this system cannot take from them; `isolation strict` would refuse to work",
				zap.String("missing", cut(strings.Join(greeting.Missing, "; "), maxLine)))
		})
	}
}

// wait lets time pass before the next worker is started, unless another
// slot's starts or somebody asks. Where waiting will not help, cause is why
// the last one did not start, and who wants an image is told.
func (s *slot) wait(cause error) {
	changed := s.pool.starts.next() // from before what is noted next
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

// isHopeless reports whether a worker that did not start for this cause is one of too
// many.
func (s *slot) isHopeless(cause error) bool {
	if cause == errEnded || stderrors.Is(cause, errKilled) && !stderrors.Is(cause, errNoMemory) {
		return false // who kills workers ends some time, and then they start
	}
	s.faults++
	var refusal *refusalError
	return stderrors.As(cause, &refusal) || stderrors.Is(cause, context.DeadlineExceeded) || s.faults >= manyFailures
}

// serve gives the worker jobs until it is dead or to be replaced, and reports
// whether it was of any use.
func (s *slot) serve(w *process) (useful bool) {
	s.pool.running.Add(1)
	defer s.pool.running.Add(-1)
	if s.fate != errEndsAtOnce { // else it has to draw something first
		s.pool.starts.good()
	}
	defer s.record.gone()
	begun := time.Now()
	var rested <-chan time.Time // when a worker that kept much has had no job for a while
	trims := 0                  // since then
	for jobs := 1; ; jobs++ {
		marked := false // by a font, which the worker would draw other texts with
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
			// Who dies of this is noticed like any idle worker.
			_ = w.trim()
			trims++
			rested = time.After(rest)
			continue
		case t := <-s.pool.jobs:
			if s.isDead(w) {
				t.end(nil, errNotTried)
				return jobs > 1
			}
			s.lost = false
			if !s.render(w, t) {
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

// How much more memory than at first a worker may keep after an image. What
// the next one needs is at hand then, which spares a busy worker a tenth of
// its time; and one that has had nothing to do for the time of rest does not
// hold what the machine has other use for. One request to give it back is not
// always enough: what a finalizer frees is there at the second one only, and
// what threads of libvips hold is not there at all (seen: 14 MB in the arena
// of each of three threads).
const (
	keptAtWork = 128 << 20
	kept       = 32 << 20
	rest       = time.Second
	mostTrims  = 2 // in one rest; then the worker is replaced
)

// replace ends an idle worker that has done much, or holds much.
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

// ended buries a worker that died when it was idle, or spoke then.
func (s *slot) ended(w *process, spoke bool) {
	fault := fmt.Errorf("%w: it speaks and was not asked", errNonsense)
	if !spoke { // else it is still being listened to
		fault = w.fault
	}
	s.fate = fateOf(!spoke && w.diedFromOutside(fault))
	s.kill(w, Died)
	s.pool.log().Warn("an idle worker ended", zap.Int("pid", w.pid()), zap.String("state", w.state()), zap.Error(fault))
}

// render has the worker do a job, and reports whether it can do another one.
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
				cost = func() {} // the worker never looked at it
			}
			if render.OutOfTime(ctx) {
				cost() // before anybody can ask again
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

// broken ends a task whose worker died or went mad. It is the image's doing,
// unless the worker died before it had the image, or somebody killed it.
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

// settle cancels the job that the worker is at, whose client is gone, and
// reports whether the worker became idle soon.
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

// kill ends the worker at once.
func (s *slot) kill(w *process, why End) {
	w.kill()
	s.pool.config.Ended(why)
}

// stop has an idle worker end itself.
func (s *slot) stop(w *process, why End) {
	w.stop()
	s.pool.config.Ended(why)
}

// endOf returns how a worker ends whose job's context is done.
func endOf(ctx context.Context) End {
	if render.OutOfTime(ctx) {
		return TimedOut
	}
	return Cancelled
}
