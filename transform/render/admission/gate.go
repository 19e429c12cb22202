package admission

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// Gate admits jobs while there is room: each holds a slot and its share of a
// memory budget until it is done.
//
// Jobs are admitted in the order of their arrival. Only while the first one
// in the queue has waited for less than patience may others that fit overtake
// it: a large job does not delay a few small ones, and a stream of small ones
// does not delay it for long.
//
// A job for a file that has used up its share of the slots (see shares) waits
// for another job of that file, and delays no other: they overtake it,
// however long it has waited.
//
// # How long a job waits
//
// Let B be the budget, S the slots, and T the longest that a job holds its
// share. Let job i arrive at time t, with n jobs before it in the queue that
// cost C, i itself included in both. No job costs more than B. Then i is let in,
// gives up or is dropped no later than
//
//	t + patience + T * (2*ceil(C/B) + ceil(n/S) + 1)
//
// From t + patience on nothing overtakes i: the first is then i or an older
// job, which has waited for longer than patience, and while that is so jobs
// are let in strictly in their order. Cut the time from there into periods of
// T. All that holds a share at the beginning of a period has given it back by
// the end, so at the end only what was let in during the period holds any;
// all of it is among the n. If i still waits then, the first in the queue has
// no room:
//
//   - Either the period let S jobs in. That happens at most n/S times.
//   - Or what the period let in and the first in the queue cost more than B
//     together. With nothing before it, the first is let in during the next
//     period, for by the end of that all else has gone. So the period and the
//     next let in more than B. Every second period of this kind begins a pair of
//     which none overlaps another, and all of them together let in at most C:
//     there are at most 2*C/B.
//
// In the period after these i is let in.
//
// So neither a small job behind large ones nor a large one among small ones
// waits for ever; what comes after them makes no difference.
//
// All of this is about jobs whose files are within their shares. Others are not in the
// queue until they are.
type Gate struct {
	// Waited is called with the time that a queued job waited for its share,
	// even if it got none. It is set before the first job; may be nil.
	Waited func(time.Duration)

	budget int64
	slots  int
	queue  int

	// reading has a place for each job whose drawings may be read
	// concurrently.
	reading chan struct{}

	mu      sync.Mutex
	used    int64 // of the budget
	running int
	shares  shares
	waiting []*waiter // in order of arrival
	pace    pace
}

// patience is how long the first in the queue may be overtaken.
const patience = time.Second

// waiter is a queued job.
type waiter struct {
	ctx   context.Context
	cost  int64
	files []uint64
	since time.Time
	in    chan struct{} // closed when the job is admitted
}

// NewGate returns a gate with a budget in bytes, a number of slots, and room
// for queue waiting jobs. All are positive.
func NewGate(budget int64, slots, queue int) *Gate {
	return &Gate{budget: budget, slots: slots, queue: queue, reading: make(chan struct{}, slots), shares: newShares()}
}

// Budget returns the budget of all jobs together, in bytes.
func (g *Gate) Budget() int64 { return g.budget }

// Stats returns the number of admitted jobs, their bytes, and the number of
// waiting jobs.
func (g *Gate) Stats() (running int, used int64, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running, g.used, len(g.waiting)
}

// Acquire waits for a share of cost bytes, up to timeout. The caller must
// call leave once, when it no longer needs the share.
//
// The error is errors.Limit, at once, for a job larger than the budget;
// errors.Overloaded with RetryAfter, at once if the queue is full, or after
// timeout; or errors.ClientClosed when ctx is done. With an error no share is
// held.
func (g *Gate) Acquire(ctx context.Context, cost int64, timeout time.Duration) (leave func(), err error) {
	return g.acquire(ctx, cost, nil, timeout, timeout)
}

// acquire is Acquire for a job with these files that waits up to patience,
// which is part of the timeout named in errors.
func (g *Gate) acquire(ctx context.Context, cost int64, files []uint64, patience, timeout time.Duration) (leave func(), err error) {
	if cost > g.budget {
		return nil, errors.New(errors.Limit, "Rendering this would take about %d MB of memory, more than the part of memory for rendering, %d MB",
			(cost+megabyte-1)/megabyte, g.budget/megabyte)
	}
	if ctx.Err() != nil {
		return nil, render.Stopped(ctx)
	}
	w, err := g.enter(ctx, cost, files)
	if err != nil {
		return nil, err
	}
	in := g.await(w, patience)
	if g.Waited != nil {
		g.Waited(time.Since(w.since))
	}
	if in {
		return g.leave(w), nil
	}
	if ctx.Err() != nil {
		return nil, render.Stopped(ctx)
	}
	return nil, g.overloaded(cost, "no memory or slot for rendering was free within queue_timeout, %s", timeout)
}

const megabyte = 1_000_000

// await waits until a job is admitted, up to timeout. It returns false if the
// job left the queue.
func (g *Gate) await(w *waiter, timeout time.Duration) bool {
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	select {
	case <-w.in:
		return true
	case <-w.ctx.Done():
	case <-limit.C:
	}
	return !g.drop(w) // unless it was admitted at the last moment
}

// enter admits a job or queues it.
func (g *Gate) enter(ctx context.Context, cost int64, files []uint64) (*waiter, error) {
	g.mu.Lock()
	w := &waiter{ctx: ctx, cost: cost, files: files, since: time.Now(), in: make(chan struct{})}
	g.waiting = append(g.waiting, w)
	g.admit()
	last := len(g.waiting) - 1
	waits := last >= 0 && g.waiting[last] == w
	full := waits && len(g.waiting) > g.queue
	many := waits && !full && g.shares.exceed(files, g.queue, g.before)
	if full || many {
		g.waiting = g.waiting[:last]
	}
	g.mu.Unlock()
	switch {
	case full:
		return nil, g.overloaded(cost, "queue_size, %d, requests are waiting", g.queue)
	case many:
		return nil, g.overloaded(cost, "%d requests for the same file are waiting, its share of queue_size, %d", max(1, g.queue/shareOfFile), g.queue)
	}
	return w, nil
}

// before returns the number of jobs with the file before the last one in the
// queue. The lock is held.
func (g *Gate) before(file uint64) (n int) {
	for _, w := range g.waiting[:len(g.waiting)-1] {
		if slices.Contains(w.files, file) {
			n++
		}
	}
	return n
}

// admit admits waiting jobs, and forgets those whose clients left. The lock
// is held.
func (g *Gate) admit() {
	now := time.Now()
	first, ordered := true, false
	kept := g.waiting[:0]
	for _, w := range g.waiting {
		switch {
		case w.ctx.Err() != nil:
		case g.shares.exceed(w.files, g.slots, func(file uint64) int { return g.shares.running[file] }):
			kept = append(kept, w)
		case !ordered && g.running < g.slots && w.cost <= g.budget-g.used:
			g.running++
			g.used += w.cost
			g.shares.enter(w.files)
			close(w.in)
		default:
			// The first job that stays decides whether others may overtake.
			ordered = ordered || first && now.Sub(w.since) >= patience
			first = false
			kept = append(kept, w)
		}
	}
	clear(g.waiting[len(kept):])
	g.waiting = kept
}

// reduced returns the reduction of effort for a job that begins now.
func (g *Gate) reduced() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return render.Reduction(len(g.waiting), g.slots)
}

// drop removes a job from the queue. It returns false if the job was
// admitted.
func (g *Gate) drop(w *waiter) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	select {
	case <-w.in:
		return false
	default:
	}
	for n := range g.waiting {
		if g.waiting[n] == w {
			g.waiting = append(g.waiting[:n], g.waiting[n+1:]...)
			break
		}
	}
	g.admit() // others may have waited behind it
	return true
}

// leave returns the function by which an admitted job returns its share.
func (g *Gate) leave(w *waiter) func() {
	began := time.Now()
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.running--
		g.used -= w.cost
		g.shares.leave(w.files)
		g.pace.add(time.Since(began))
		g.admit()
	})
}

// overloaded returns the error for a job that must be retried later.
func (g *Gate) overloaded(cost int64, why string, args ...any) error {
	busy := errors.New(errors.Overloaded, "The server is busy; "+why, args...)
	g.mu.Lock()
	defer g.mu.Unlock()
	ahead, jobs := g.used+cost, g.running+1
	for _, w := range g.waiting {
		ahead += w.cost
		jobs++
	}
	busy.RetryAfter = g.pace.guess(max(float64(ahead)/float64(g.budget), float64(jobs)/float64(g.slots)))
	return busy
}
