// Package coalesce lets equal questions asked at the same time share one
// answer.
package coalesce

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"sync"
)

// ErrLeft is returned by Do if the caller's context was done before the
// answer was there.
var ErrLeft = errors.New("left before the answer was there")

// ErrBroken is wrapped by the error of Do if the work panicked or ended
// without an answer.
var ErrBroken = errors.New("the work broke")

// Group shares answers A among equal questions Q that are being worked on. It
// keeps no answers.
//
// A caller whose context is done returns at once; the work continues for the
// others, and is cancelled when the last one leaves. The work inherits no
// value and no deadline from a caller's context: it belongs to all of them.
// All callers get the same answer, error included, so none may change it.
type Group[K comparable, Q, A any] struct {
	key  func(Q) K
	same func(a, b Q) bool

	// Share, if not nil, is called with each answer and the number of callers
	// that get it, which may be 0, and Drop for a caller among them that had
	// left by then: for answers that must be given back. Both are set before
	// the first question, and called under the group's lock.
	Share func(answer A, callers int)
	Drop  func(answer A)

	mu      sync.Mutex
	flights map[K][]*flight[Q, A]
}

// flight is the work on one question. answer and err may be read once done is
// closed.
type flight[Q, A any] struct {
	question Q
	waiters  int  // guarded by Group.mu
	landed   bool // guarded by Group.mu
	shared   bool // more than one waiter ever joined; guarded by Group.mu until done is closed
	cancel   context.CancelFunc
	done     chan struct{}
	answer   A
	err      error
}

// NewGroup returns a group for questions that are equal if their keys are
// equal and same returns true. same is called under the group's lock.
func NewGroup[K comparable, Q, A any](key func(Q) K, same func(a, b Q) bool) *Group[K, Q, A] {
	return &Group[K, Q, A]{key: key, same: same, flights: make(map[K][]*flight[Q, A])}
}

// Do returns the answer that work gives to the question, or to an equal one
// in progress; shared reports whether more than one caller asked. However
// work ends, even by a panic or runtime.Goexit, all callers return.
func (g *Group[K, Q, A]) Do(ctx context.Context, question Q, work func(context.Context, Q) (A, error)) (answer A, shared bool, err error) {
	return g.DoOr(ctx, question, work, nil)
}

// DoOr is Do that calls joined, unless it is nil, if the work on an equal
// question is in progress: work will not be called.
func (g *Group[K, Q, A]) DoOr(ctx context.Context, question Q, work func(context.Context, Q) (A, error), joined func()) (answer A, shared bool, err error) {
	if ctx.Err() != nil {
		if joined != nil {
			joined()
		}
		return answer, false, ErrLeft
	}
	key := g.key(question)
	f, started := g.join(key, question, work)
	if !started && joined != nil {
		joined()
	}
	select {
	case <-f.done:
		return f.answer, f.shared, f.err
	case <-ctx.Done():
		g.leave(key, f)
		return answer, false, ErrLeft
	}
}

// join joins the flight for the question, or starts one.
func (g *Group[K, Q, A]) join(key K, question Q, work func(context.Context, Q) (A, error)) (f *flight[Q, A], started bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.flights[key] {
		if g.same(f.question, question) {
			f.waiters++
			f.shared = true
			return f, false
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	f = &flight[Q, A]{question: question, waiters: 1, cancel: cancel, done: make(chan struct{})}
	g.flights[key] = append(g.flights[key], f)
	go g.fly(ctx, key, f, work)
	return f, true
}

// leave leaves the flight. The last one to leave cancels and forgets it, so
// that a cancelled flight is never joined.
func (g *Group[K, Q, A]) leave(key K, f *flight[Q, A]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.landed {
		if f.err == nil && g.Drop != nil {
			g.Drop(f.answer)
		}
		return
	}
	f.waiters--
	if f.waiters == 0 {
		f.cancel()
		g.forget(key, f)
	}
}

// Forget keeps later callers from joining the work on matching questions, and
// returns the number of those. Present callers keep waiting for it.
func (g *Group[K, Q, A]) Forget(matches func(Q) bool) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	forgotten := 0
	for key, all := range g.flights {
		kept := slices.DeleteFunc(all, func(f *flight[Q, A]) bool { return matches(f.question) })
		forgotten += len(all) - len(kept)
		if g.flights[key] = kept; len(kept) == 0 {
			delete(g.flights, key)
		}
	}
	return forgotten
}

// forget is called with g.mu held.
func (g *Group[K, Q, A]) forget(key K, f *flight[Q, A]) {
	all := g.flights[key]
	for i := range all {
		if all[i] == f {
			all[i], all[len(all)-1] = all[len(all)-1], nil
			g.flights[key] = all[:len(all)-1]
			break
		}
	}
	if len(g.flights[key]) == 0 {
		delete(g.flights, key)
	}
}

func (g *Group[K, Q, A]) fly(ctx context.Context, key K, f *flight[Q, A], work func(context.Context, Q) (A, error)) {
	f.err = fmt.Errorf("%w: it ended without an answer", ErrBroken)
	defer func() {
		if p := recover(); p != nil {
			f.err = fmt.Errorf("%w: panic: %v\n%s", ErrBroken, p, debug.Stack())
		}
		g.mu.Lock()
		g.forget(key, f)
		f.landed = true
		if f.err == nil && g.Share != nil {
			g.Share(f.answer, f.waiters)
		}
		g.mu.Unlock()
		close(f.done)
		f.cancel()
	}()
	f.answer, f.err = work(ctx, f.question)
}
