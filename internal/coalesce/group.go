// Package coalesce lets equal questions that are asked at the same time share one
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

// ErrLeft is what Do returns to a waiter whose context was done before the
// answer was there.
var ErrLeft = errors.New("left before the answer was there")

// ErrBroken is wrapped by what Do returns when the work panicked, or ended
// without an answer.
var ErrBroken = errors.New("the work broke")

// Group shares answers A among equal questions Q that are open at the same time.
// It keeps no answer.
//
// A waiter whose context is done leaves at once, and leaves the work to the
// others; when the last one leaves, the work is cancelled. The work carries no
// value and no deadline of any waiter's context: it belongs to all of them. The
// answer, error included, is given to all, so nobody changes it.
type Group[K comparable, Q, A any] struct {
	key  func(Q) K
	same func(a, b Q) bool

	mu      sync.Mutex
	flights map[K][]*flight[Q, A]
}

// flight is the work on one question. answer and err may be read once done is
// closed.
type flight[Q, A any] struct {
	question Q
	waiters  int  // guarded by Group.mu
	shared   bool // by more than one waiter, ever; guarded by Group.mu until done is closed
	cancel   context.CancelFunc
	done     chan struct{}
	answer   A
	err      error
}

// NewGroup returns a group for questions that are equal when their keys are,
// and same says so of the rest. It is asked under the group's lock.
func NewGroup[K comparable, Q, A any](key func(Q) K, same func(a, b Q) bool) *Group[K, Q, A] {
	return &Group[K, Q, A]{key: key, same: same, flights: make(map[K][]*flight[Q, A])}
}

// Do returns the answer that work gives to the question, or to an equal one that
// is being worked on; shared is true where more than one has asked. However work
// ends, by a panic or runtime.Goexit too, all who wait hear of it.
func (g *Group[K, Q, A]) Do(ctx context.Context, question Q, work func(context.Context, Q) (A, error)) (answer A, shared bool, err error) {
	if ctx.Err() != nil {
		return answer, false, ErrLeft
	}
	key := g.key(question)
	f := g.join(key, question, work)
	select {
	case <-f.done:
		return f.answer, f.shared, f.err
	case <-ctx.Done():
		g.leave(key, f)
		return answer, false, ErrLeft
	}
}

// join boards the flight for the question, or starts it.
func (g *Group[K, Q, A]) join(key K, question Q, work func(context.Context, Q) (A, error)) *flight[Q, A] {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.flights[key] {
		if g.same(f.question, question) {
			f.waiters++
			f.shared = true
			return f
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	f := &flight[Q, A]{question: question, waiters: 1, cancel: cancel, done: make(chan struct{})}
	g.flights[key] = append(g.flights[key], f)
	go g.fly(ctx, key, f, work)
	return f
}

// leave gives up a seat. The last to leave cancels the flight and forgets it, so
// that nobody boards a flight that is going down.
func (g *Group[K, Q, A]) leave(key K, f *flight[Q, A]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f.waiters--
	if f.waiters == 0 {
		f.cancel()
		g.forget(key, f)
	}
}

// Forget has nobody join the work on the questions that match any more. Who waits
// for it goes on waiting. It returns on how many questions that was.
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
		g.mu.Unlock()
		close(f.done)
		f.cancel()
	}()
	f.answer, f.err = work(ctx, f.question)
}
