package render

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// variant returns a job for a width of an original.
func variant(original string, width float64) Job {
	j := job
	j.Original = []byte(original) // a copy of its own, as each request has
	var s transform.Step
	s.Resize.Width = transform.Px(width)
	j.Plan.Steps = []transform.Step{s}
	j.Key = original + string(j.Plan.Key())
	return j
}

// Jobs for the same variant are drawn once, and others each.
func TestCoalesce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		c := NewCoalescer()
		var group sync.WaitGroup
		ask := func(j Job, n int) {
			t.Helper()
			// Engines come and go; what they share is the coalescer.
			e := c.Engine(NewInProcessSlots(g.draw, "v", 10))
			if e.Version() != "v" {
				t.Errorf("version %q", e.Version())
			}
			for range n {
				group.Go(func() {
					if r, err := e.Render(context.Background(), j); err != nil || r != g.result {
						t.Errorf("%v, %v", r, err)
					}
				})
			}
			synctest.Wait()
		}
		want := func(n int) {
			t.Helper()
			if len(g.begun) != n {
				t.Errorf("%d jobs are drawn, want %d", len(g.begun), n)
			}
		}
		ask(variant("a", 10), 5)
		ask(variant("a", 10), 5)
		want(1)
		ask(variant("a", 11), 1)
		want(2)
		ask(variant("b", 10), 1)
		want(3)
		ask(variant("ab", 10), 3)
		want(4)
		close(g.release)
		group.Wait()
		ask(variant("a", 10), 1)
		want(5) // nothing is kept
	})
}

// Jobs without a key are not shared, whatever they have in common.
func TestJobsWithoutKeyAreNotShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		e := NewCoalescer().Engine(NewInProcessSlots(g.draw, "", 10))
		j := variant("a", 10)
		j.Key = ""
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				if _, err := e.Render(context.Background(), j); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		if len(g.begun) != 3 {
			t.Errorf("%d jobs are drawn, want 3", len(g.begun))
		}
		close(g.release)
		group.Wait()
	})
}

// Sharers count once where jobs wait for a slot, wherever their client came from.
func TestCoalescedJobsTakeOneSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		e := NewCoalescer().Engine(NewInProcessSlots(g.draw, "", 2))
		var group sync.WaitGroup
		for range 50 {
			for _, original := range []string{"a", "b"} {
				group.Go(func() {
					if _, err := e.Render(context.Background(), variant(original, 1)); err != nil {
						t.Error(err)
					}
				})
			}
		}
		synctest.Wait()
		if len(g.begun) != 2 {
			t.Errorf("%d jobs are drawn, want 2", len(g.begun))
		}
		close(g.release)
		group.Wait()
	})
}

// Clients that leave do not disturb those who stay, not even the one whose
// request began it; with the last one the work ends.
func TestClientsLeaveACoalescedJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drawing := make(chan context.Context, 10)
		release := make(chan struct{})
		e := NewCoalescer().Engine(NewInProcessSlots(func(ctx context.Context, _ Job) (*Result, error) {
			drawing <- ctx
			select {
			case <-release:
				return &Result{}, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}, "", 2))
		type client struct {
			leave context.CancelFunc
			done  chan error
		}
		arrive := func() client {
			ctx, leave := context.WithCancel(t.Context())
			c := client{leave, make(chan error, 1)}
			go func() {
				_, err := e.Render(ctx, variant("a", 1))
				c.done <- err
			}()
			synctest.Wait()
			return c
		}
		first, second, third := arrive(), arrive(), arrive()
		work := <-drawing
		first.leave()
		wantKind(t, <-first.done, errors.ClientClosed)
		third.leave()
		wantKind(t, <-third.done, errors.ClientClosed)
		synctest.Wait()
		if work.Err() != nil {
			t.Error("the work was stopped while a client waits for it")
		}
		second.leave()
		wantKind(t, <-second.done, errors.ClientClosed)
		synctest.Wait()
		if work.Err() == nil {
			t.Error("the work goes on for nobody")
		}
		// Another client has it drawn anew.
		fourth := arrive()
		close(release)
		if err := <-fourth.done; err != nil || len(drawing) != 1 {
			t.Errorf("%v, %d drawn", err, len(drawing))
		}
	})
}

// Who joins has the turn and the deadline of who came first.
func TestCoalescedTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		e := NewCoalescer().Engine(NewInProcessSlots(g.draw, "", 1))
		begin := time.Now()
		var group sync.WaitGroup
		ask := func(j Job, kind errors.Kind, after time.Duration) {
			group.Go(func() {
				_, err := e.Render(context.Background(), j)
				wantKind(t, err, kind)
				if took := time.Since(begin); took != after {
					t.Errorf("%s after %v, want %v", kind.Code(), took, after)
				}
			})
			synctest.Wait()
		}
		ask(variant("a", 1), errors.RenderTimeout, time.Minute)
		ask(variant("b", 1), errors.Overloaded, 10*time.Second)
		time.Sleep(9 * time.Second)
		ask(variant("a", 1), errors.RenderTimeout, time.Minute)
		ask(variant("b", 1), errors.Overloaded, 10*time.Second)
		group.Wait()
		close(g.release)
	})
}

// An engine that breaks is an error for all who wait.
func TestCoalescedEngineBreaks(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("a secret") }, "goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			e := NewCoalescer().Engine(broken{end: end})
			_, err := e.Render(context.Background(), job)
			internal := wantKind(t, err, errors.Internal)
			if strings.Contains(internal.Message, "secret") || internal.Err == nil {
				t.Errorf("message %q, cause %v", internal.Message, internal.Err)
			}
		})
	}
}

type broken struct {
	Engine
	end func()
}

func (b broken) Render(context.Context, Job) (*Result, error) { b.end(); return nil, nil }

// Later callers do not share forgotten work.
func TestCoalescerForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		c := NewCoalescer()
		e := c.Engine(NewInProcessSlots(g.draw, "", 10))
		var group sync.WaitGroup
		for range 2 {
			for _, original := range []string{"a", "b"} {
				group.Go(func() {
					if _, err := e.Render(context.Background(), variant(original, 1)); err != nil {
						t.Error(err)
					}
				})
			}
		}
		synctest.Wait()
		if n := c.Forget(); n != 2 {
			t.Errorf("%d renders are forgotten, want 2", n)
		}
		group.Go(func() { _, _ = e.Render(context.Background(), variant("a", 1)) })
		synctest.Wait()
		if len(g.begun) != 3 {
			t.Errorf("%d jobs are drawn, want 3", len(g.begun))
		}
		close(g.release)
		group.Wait()
	})
}
