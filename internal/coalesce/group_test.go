package coalesce_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/caddy-images/caddy-images/internal/coalesce"
)

// newGroup is for words, whose key is their length.
func newGroup() *coalesce.Group[int, string, string] {
	return coalesce.NewGroup[int, string, string](func(q string) int { return len(q) }, func(a, b string) bool { return a == b })
}

type answer struct {
	text   string
	shared bool
	err    error
}

func asking(ctx context.Context, g *coalesce.Group[int, string, string], question string, work func(context.Context, string) (string, error)) <-chan answer {
	done := make(chan answer, 1)
	go func() {
		text, shared, err := g.Do(ctx, question, work)
		done <- answer{text, shared, err}
	}()
	return done
}

// Questions of one key are told apart by the rest of them, whichever ends first.
func TestKeyIsNotAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup()
		var works atomic.Int32
		land := map[string]chan struct{}{"abc": make(chan struct{}), "xyz": make(chan struct{}), "long": make(chan struct{})}
		work := func(_ context.Context, q string) (string, error) {
			works.Add(1)
			<-land[q]
			return "about " + q, nil
		}
		waiting := map[string][]<-chan answer{}
		for range 3 {
			for q := range land {
				waiting[q] = append(waiting[q], asking(t.Context(), g, q, work))
				synctest.Wait()
			}
		}
		if n := works.Load(); n != 3 {
			t.Errorf("%d works for three questions", n)
		}
		for n, q := range []string{"abc", "long", "xyz"} {
			close(land[q])
			for _, w := range waiting[q] {
				if a := <-w; a.err != nil || a.text != "about "+q || !a.shared {
					t.Errorf("%q: %q, shared %v, %v", q, a.text, a.shared, a.err)
				}
			}
			// What landed is forgotten, and the others are not.
			again := asking(t.Context(), g, q, work)
			if a := <-again; a.text != "about "+q || a.shared || works.Load() != int32(4+n) {
				t.Errorf("%q again: %q, shared %v, %d works", q, a.text, a.shared, works.Load())
			}
		}
	})
}

// Who leaves leaves the work to the others, the last one ends it, and nobody
// boards what is going down.
func TestLeaving(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup()
		var works, cancelled atomic.Int32
		goDown := make(chan struct{})
		work := func(ctx context.Context, q string) (string, error) {
			if works.Add(1) > 1 {
				return "another", nil
			}
			<-ctx.Done()
			cancelled.Add(1)
			<-goDown
			return "", ctx.Err()
		}
		one, leaveOne := context.WithCancel(t.Context())
		two, leaveTwo := context.WithCancel(t.Context())
		first, second := asking(one, g, "q", work), asking(two, g, "q", work)
		synctest.Wait()
		leaveOne()
		if a := <-first; !errors.Is(a.err, coalesce.ErrLeft) {
			t.Errorf("who left got %v", a.err)
		}
		synctest.Wait()
		if cancelled.Load() != 0 || works.Load() != 1 {
			t.Errorf("%d cancelled, %d works, while one waits", cancelled.Load(), works.Load())
		}
		leaveTwo()
		if a := <-second; !errors.Is(a.err, coalesce.ErrLeft) {
			t.Errorf("the last got %v", a.err)
		}
		synctest.Wait()
		if cancelled.Load() != 1 {
			t.Error("the work goes on for nobody")
		}
		if a := <-asking(t.Context(), g, "q", work); a.text != "another" || a.err != nil {
			t.Errorf("a newcomer got %q, %v", a.text, a.err)
		}
		if a := <-asking(one, g, "q", work); !errors.Is(a.err, coalesce.ErrLeft) || works.Load() != 2 {
			t.Errorf("who had left before got %v, %d works", a.err, works.Load())
		}
		close(goDown)
	})
}

// Forgotten work continues for its callers; later ones start anew.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup()
		var works atomic.Int32
		land := make(chan struct{})
		work := func(ctx context.Context, q string) (string, error) {
			n := works.Add(1)
			select {
			case <-land:
				return q + " " + strconv.Itoa(int(n)), nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}
		before := asking(t.Context(), g, "ab", work)
		synctest.Wait()
		other := asking(t.Context(), g, "xy", work)
		synctest.Wait()
		is := func(word string) func(string) bool { return func(q string) bool { return q == word } }
		if n := g.Forget(is("no")); n != 0 {
			t.Errorf("%d forgotten that are not there", n)
		}
		if n := g.Forget(is("ab")); n != 1 {
			t.Errorf("%d forgotten", n)
		}
		if n := g.Forget(is("ab")); n != 0 {
			t.Errorf("%d forgotten twice", n)
		}
		leaving, leave := context.WithCancel(t.Context())
		after, gone := asking(t.Context(), g, "ab", work), asking(leaving, g, "xy", work)
		synctest.Wait()
		g.Forget(is("xy"))
		leave()
		<-gone // one of two callers of forgotten work leaves, and the work continues
		synctest.Wait()
		close(land)
		for what, tt := range map[string]struct {
			got  <-chan answer
			want string
		}{"before": {before, "ab 1"}, "other": {other, "xy 2"}, "after": {after, "ab 3"}} {
			if a := <-tt.got; a.err != nil || a.text != tt.want {
				t.Errorf("%s: %q, %v, want %q", what, a.text, a.err, tt.want)
			}
		}
	})
}

func TestBrokenWork(t *testing.T) {
	for name, end := range map[string]func(){"panic": func() { panic("boom") }, "without an answer": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			_, _, err := newGroup().Do(t.Context(), "q", func(context.Context, string) (string, error) { end(); return "", nil })
			if !errors.Is(err, coalesce.ErrBroken) || !strings.Contains(err.Error(), name) {
				t.Errorf("%v", err)
			}
		})
	}
}

// Each caller that gets an answer can give it back, and what no caller gets is given back
// at once.
func TestAnswersAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGroup()
		var held atomic.Int32
		g.Share = func(_ string, callers int) { held.Add(int32(callers)) }
		g.Drop = func(string) { held.Add(-1) }
		land := make(chan struct{})
		work := func(context.Context, string) (string, error) { // one that goes on for nobody
			<-land
			return "answer", nil
		}
		leaving, leave := context.WithCancel(t.Context())
		var all []<-chan answer
		for range 3 {
			all = append(all, asking(t.Context(), g, "q", work))
		}
		gone := asking(leaving, g, "q", work)
		alone := asking(leaving, g, "another", work)
		synctest.Wait()
		leave()
		<-gone
		<-alone
		close(land)
		for _, a := range all {
			if got := <-a; got.text != "answer" {
				t.Error(got)
			}
		}
		synctest.Wait()
		if got := held.Load(); got != 3 {
			t.Errorf("%d callers hold the answer, want 3", got)
		}
	})
}

// A caller that leaves while its answer arrives either gets it or has given it back.
func TestLeavingAtTheLastMoment(t *testing.T) {
	g := newGroup()
	var held atomic.Int32
	g.Share = func(_ string, callers int) { held.Add(int32(callers)) }
	g.Drop = func(string) { held.Add(-1) }
	for range 2000 {
		ctx, leave := context.WithCancel(t.Context())
		work := func(context.Context, string) (string, error) {
			go leave()
			return "answer", nil
		}
		done := make(chan int32, 2)
		for range 2 {
			go func() {
				if _, _, err := g.Do(ctx, "q", work); err == nil {
					done <- 1
				} else {
					done <- 0
				}
			}()
		}
		got := <-done + <-done
		held.Add(-got)
		leave()
	}
	// Work whose callers all left before it began to run may still be going on.
	for range 1000 {
		if held.Load() == 0 {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d answers are held in the end", held.Load())
}
