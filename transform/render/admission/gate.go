package admission

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// Gate lets jobs in as long as there is room: each holds a slot and its share of
// a budget of memory until it is done.
//
// Jobs are let in as they arrived. Only where the first of those that wait has
// waited for less than patience may others, for which there is room, go before
// it: a large job that waits for much memory to become free does not hold up the
// small ones of a moment, and a stream of small ones does not hold it up for
// long.
//
// A job of a file that has its share of the slots (see shares) waits for one of its own
// kind to leave, and holds nobody up: others go before it, however long it has waited.
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
// From t + patience on nobody goes before i: who is first then is i or an older
// job, which has waited for longer than patience, and while that is so jobs are
// let in strictly in their order. Cut the time from there into periods of T. All
// that holds a share at the beginning of a period has given it back by the end,
// so at the end only what was let in during the period holds any; all of it is
// among the n. If i still waits then, the first in the queue has no room:
//
//   - Either the period let S jobs in. That happens at most n/S times.
//   - Or what the period let in and the first in the queue cost more than B
//     together. With nobody before it, the first is let in during the next
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
	// Waited is called with how long a job that found a place waited for its
	// share, also if it got none. It is set before the first job; nil is nothing.
	Waited func(time.Duration)

	budget int64
	slots  int
	queue  int

	// reading has a place for each job whose drawings may be read at a time.
	reading chan struct{}

	mu      sync.Mutex
	used    int64 // of the budget
	running int
	shares  shares
	waiting []*waiter // in the order of their arrival
	pace    pace
}

// patience is for how long the first in the queue lets others go before it.
const patience = time.Second

// waiter is a job in the queue.
type waiter struct {
	ctx   context.Context
	cost  int64
	files []uint64
	since time.Time
	in    chan struct{} // closed when the job is let in
}

// NewGate returns a gate with a budget in bytes, as many slots, and room for
// queue jobs that wait. All are positive.
func NewGate(budget int64, slots, queue int) *Gate {
	return &Gate{budget: budget, slots: slots, queue: queue, reading: make(chan struct{}, slots), shares: newShares()}
}

// Budget returns how many bytes all jobs together may take.
func (g *Gate) Budget() int64 { return g.budget }

// Stats returns the jobs that hold a share, their bytes, and the jobs that
// wait.
func (g *Gate) Stats() (running int, used int64, waiting int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.running, g.used, len(g.waiting)
}

// Acquire waits for a share of cost bytes, for no longer than timeout. The
// caller must call leave, once, when it needs the share no more.
//
// The errors are errors.Limit, at once, for a job that is larger than the
// budget; errors.Overloaded with RetryAfter, at once where the queue is full,
// or after timeout; errors.ClientClosed when ctx is done. With an error no share
// is held, nor was one.
func (g *Gate) Acquire(ctx context.Context, cost int64, timeout time.Duration) (leave func(), err error) {
	return g.acquire(ctx, cost, nil, timeout, timeout)
}

// acquire is Acquire for a job with these files, which waits for patience, a part of
// the timeout that an error names.
func (g *Gate) acquire(ctx context.Context, cost int64, files []uint64, patience, timeout time.Duration) (leave func(), err error) {
	if cost > g.budget {
		return nil, errors.New(errors.Limit, "Rendering this would take about %d MB of memory, more than memory, %d MB",
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

// await waits until a job is let in, for no longer than timeout. It is false for
// one that is in the queue no more.
func (g *Gate) await(w *waiter, timeout time.Duration) bool {
	limit := time.NewTimer(timeout)
	defer limit.Stop()
	select {
	case <-w.in:
		return true
	case <-w.ctx.Done():
	case <-limit.C:
	}
	return !g.drop(w) // unless it was let in at the last moment
}

// enter lets a job in, or into the queue.
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
		return nil, g.overloaded(cost, "queue_size, %d, requests wait already", g.queue)
	case many:
		return nil, g.overloaded(cost, "%d requests for the same file wait already, its share of queue_size, %d", max(1, g.queue/shareOfFile), g.queue)
	}
	return w, nil
}

// before returns how many jobs with the file wait before the last one in the
// queue. The lock is held.
func (g *Gate) before(file uint64) (n int) {
	for _, w := range g.waiting[:len(g.waiting)-1] {
		if slices.Contains(w.files, file) {
			n++
		}
	}
	return n
}

// admit lets in who may go now, and forgets whose client left. The lock is held.
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
			// The first that stays decides whether others may pass.
			ordered = ordered || first && now.Sub(w.since) >= patience
			first = false
			kept = append(kept, w)
		}
	}
	clear(g.waiting[len(kept):])
	g.waiting = kept
}

// haste returns that of a job which begins now.
func (g *Gate) haste() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return render.Haste(len(g.waiting), g.slots)
}

// drop takes a job out of the queue. It is false for one that was let in.
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
	g.admit() // others may have been behind it
	return true
}

// leave returns how a job that was let in gives its share back.
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

// overloaded returns the error of a job that has to come again.
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
