package admission

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// floor is an engine behind a gate on which each job stays until it is let go.
type floor struct {
	*Engine
	mu    sync.Mutex
	now   map[string]int // jobs of each original
	leave map[string]chan error
}

func newFloor(slots, queue int) *floor {
	f := &floor{now: map[string]int{}, leave: map[string]chan error{}}
	f.Engine = New(engineFunc(func(ctx context.Context, job render.Job) (*render.Result, error) {
		name := string(job.Original)
		f.mu.Lock()
		f.now[name]++
		if f.leave[name] == nil {
			f.leave[name] = make(chan error)
		}
		leave := f.leave[name]
		f.mu.Unlock()
		defer func() {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.now[name]--
		}()
		return &render.Result{}, <-leave
	}), NewGate(1<<40, slots, queue))
	return f
}

// asks asks for so many variants of an original, with files of layers.
func (f *floor) asks(t *testing.T, n int, original string, files ...string) (failed *[]error) {
	t.Helper()
	failed = new([]error)
	for range n {
		job := render.Job{Original: []byte(original), QueueTimeout: time.Hour, Timeout: time.Minute,
			Limits: transform.Limits{MaxPixels: 1_000_000, MaxFrames: 10, MaxDimension: 5000}}
		for i, file := range files {
			job.Files = append(job.Files, []byte(file))
			job.Plan.Steps = append(job.Plan.Steps, transform.Step{Layers: []transform.Layer{{Image: origin.Ref{Path: fmt.Sprint(i)}}}})
		}
		go func() {
			if _, err := f.Render(t.Context(), job); err != nil {
				f.mu.Lock()
				defer f.mu.Unlock()
				*failed = append(*failed, err)
			}
		}()
		synctest.Wait()
	}
	return failed
}

// ends has so many jobs of an original end.
func (f *floor) ends(n int, original string, err error) {
	for range n {
		f.leave[original] <- err
		synctest.Wait()
	}
}

// drain has all jobs of an original end, and those that come in their place.
func (f *floor) drain(original string, err error) {
	for {
		f.mu.Lock()
		n := f.now[original]
		f.mu.Unlock()
		if n == 0 {
			return
		}
		f.ends(1, original, err)
	}
}

func (f *floor) wants(t *testing.T, original string, n int) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now[original] != n {
		t.Errorf("%d jobs of %s are at work, want %d", f.now[original], original, n)
	}
}

var errSlow = errors.New(errors.RenderTimeout, "slow")

// A file that nobody knows has half of the slots, and holds nobody up, however long it
// has waited. Once it was drawn it may have all, until it takes too long.
func TestShareOfFile(t *testing.T) {
	for slots, share := range map[int]int{1: 1, 2: 1, 3: 1, 4: 2, 8: 4} {
		t.Run(fmt.Sprint(slots), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFloor(slots, 100)
				f.asks(t, slots+2, "a")
				f.wants(t, "a", share)
				time.Sleep(2 * patience) // no other job may pass any more
				f.asks(t, slots+2, "b")
				f.wants(t, "b", min(share, slots-share))
				f.drain("a", errSlow)
				f.drain("b", nil)

				f.asks(t, slots, "b")
				f.wants(t, "b", slots)
				f.drain("b", nil)
				f.asks(t, slots, "a")
				f.wants(t, "a", share)
				f.drain("a", nil)
				f.asks(t, slots, "a")
				f.wants(t, "a", share) // to be drawn does not make up for what it cost
				f.drain("a", nil)
				time.Sleep(slowFor + 1)
				f.asks(t, slots, "a")
				f.wants(t, "a", slots)
				f.drain("a", nil)
			})
		})
	}
}

// A file counts whether it is an original or a layer.
func TestShareOfLayer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(4, 100)
		for _, name := range []string{"a", "b", "c", "d"} {
			f.asks(t, 1, name)
			f.ends(1, name, nil)
		}
		for _, name := range []string{"a", "b", "c", "d"} {
			f.asks(t, 1, name, "bad")
		}
		f.wants(t, "a", 1)
		f.wants(t, "b", 1)
		f.wants(t, "c", 0)
		f.asks(t, 2, "d") // without it there is room
		f.wants(t, "d", 2)
		f.ends(1, "a", errSlow)
		f.wants(t, "c", 1)
		f.ends(1, "b", errSlow)
		f.ends(1, "c", errSlow)
		f.ends(3, "d", nil)
	})
}

// To be looked at makes nothing known, and a failure that was quick does not either.
func TestShareIsEarnedByDrawing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(2, 100)
		var done sync.WaitGroup
		done.Go(func() {
			_, _ = f.Render(t.Context(), render.Job{Original: []byte("a"), Inspect: true, QueueTimeout: time.Hour, Timeout: time.Minute})
		})
		synctest.Wait()
		f.ends(1, "a", nil)
		done.Wait()
		f.asks(t, 1, "a")
		f.ends(1, "a", errors.New(errors.BadImage, "no"))
		f.asks(t, 2, "a")
		f.wants(t, "a", 1)
		f.ends(2, "a", nil)
	})
}

// A file that is not known takes half of the queue, too, and others find a place.
func TestShareOfQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFloor(2, 10)
		failed := f.asks(t, 1+5+3, "a")
		if len(*failed) != 3 || !errors.Is((*failed)[0], errors.Overloaded) || !strings.Contains((*failed)[0].Error(), "5 requests for the same file are waiting") {
			t.Errorf("refused were %v", *failed)
		}
		failed = f.asks(t, 1+5+1, "b")
		if len(*failed) != 1 || !strings.Contains((*failed)[0].Error(), "queue_size, 10") {
			t.Errorf("refused were %v", *failed)
		}
		f.ends(6, "a", errSlow)
		f.ends(6, "b", errSlow)
	})
}

// What waits here and behind the gate has one limit, and an error names it.
func TestOneQueueTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate := NewGate(1<<40, 1, 10)
		engine := New(engineFunc(func(_ context.Context, job render.Job) (*render.Result, error) {
			time.Sleep(job.Patience())
			return nil, render.Busy(job.QueueTimeout)
		}), gate)
		leave, err := gate.Acquire(t.Context(), 1, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		job := pngJob(t, 10, 10)
		for _, let := range []bool{false, true} {
			if let { // at the last moment
				time.AfterFunc(job.QueueTimeout-handOver-1, leave)
			}
			began := time.Now()
			_, err := engine.Render(t.Context(), job)
			took := time.Since(began)
			if !errors.Is(err, errors.Overloaded) || !strings.Contains(err.Error(), "queue_timeout, 10s") {
				t.Errorf("the error is %v", err)
			}
			if want := map[bool]time.Duration{false: job.QueueTimeout - handOver, true: job.QueueTimeout}[let]; took != want {
				t.Errorf("it came after %s, want %s", took, want)
			}
		}
	})
}
