package render

import (
	"context"
	stderrors "errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// job is one that may take a minute.
var job = Job{QueueTimeout: 10 * time.Second, Timeout: time.Minute}

// gate is a Draw that says when it begins and ends when it is told to, whatever
// becomes of its context.
type gate struct {
	begun   chan struct{}
	release chan struct{}
	result  *Result
}

func newGate() *gate {
	return &gate{make(chan struct{}, 100), make(chan struct{}), &Result{Body: []byte("drawn")}}
}

func (g *gate) draw(context.Context, Job) (*Result, error) {
	g.begun <- struct{}{}
	<-g.release
	return g.result, nil
}

// fill takes all slots, and returns how many there are.
func (g *gate) fill(t *testing.T, e *InProcess, group *sync.WaitGroup) int {
	t.Helper()
	slots := runtime.GOMAXPROCS(0)
	for range slots {
		group.Go(func() {
			if _, err := e.Render(context.Background(), job); err != nil {
				t.Error(err)
			}
		})
	}
	synctest.Wait()
	if len(g.begun) != slots {
		t.Fatalf("%d jobs run, want %d", len(g.begun), slots)
	}
	return slots
}

func wantKind(t *testing.T, err error, kind errors.Kind) *errors.Error {
	t.Helper()
	var e *errors.Error
	if !stderrors.As(err, &e) || e.Kind != kind {
		t.Errorf("%v, want %s", err, kind.Code())
		return &errors.Error{}
	}
	return e
}

func TestRender(t *testing.T) {
	want := &Result{Body: []byte("drawn")}
	refused := errors.New(errors.BadImage, "The original is damaged")
	var given Job
	e := NewInProcess(func(ctx context.Context, j Job) (*Result, error) {
		if given = j; j.Quality.JPEG == 0 {
			return nil, refused
		}
		if _, limited := ctx.Deadline(); !limited {
			t.Error("a job without a deadline")
		}
		return want, nil
	}, "version")
	j := job
	j.Quality.JPEG, j.Original = 77, []byte("original")
	got, err := e.Render(context.Background(), j)
	if got != want || err != nil {
		t.Errorf("%v, %v", got, err)
	}
	if &given.Original[0] != &j.Original[0] || given.Quality != j.Quality {
		t.Error("the job is another")
	}
	if _, err := e.Render(context.Background(), job); err != refused {
		t.Errorf("%v, want %v", err, refused)
	}
	if e.Version() != "version" {
		t.Error(e.Version())
	}
}

// No more jobs run than there are processors, and those that wait run in the
// order in which they came.
func TestSlots(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const waiting = 10
		var running, most atomic.Int64
		var order []string
		release := make(chan struct{})
		e := NewInProcess(func(_ context.Context, j Job) (*Result, error) {
			now := running.Add(1)
			most.Store(max(most.Load(), now))
			order = append(order, string(j.Original)) // only one is let go at a time
			<-release
			running.Add(-1)
			return &Result{}, nil
		}, "")
		var group sync.WaitGroup
		var want []string
		slots := runtime.GOMAXPROCS(0)
		for n := range slots + waiting {
			j := job
			j.Original = fmt.Append(nil, n)
			want = append(want, string(j.Original))
			group.Go(func() {
				if _, err := e.Render(context.Background(), j); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait() // it runs, or is queued
		}
		if got := running.Load(); got != int64(slots) {
			t.Errorf("%d jobs run, want %d", got, slots)
		}
		for range slots + waiting {
			release <- struct{}{}
			synctest.Wait()
		}
		group.Wait()
		if most.Load() != int64(slots) {
			t.Errorf("%d jobs ran at once, want %d", most.Load(), slots)
		}
		if !slices.Equal(order, want) {
			t.Errorf("they ran in the order %v, want %v", order, want)
		}
	})
}

func TestQueueTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		e := NewInProcess(g.draw, "")
		var group sync.WaitGroup
		g.fill(t, e, &group)
		begin, j := time.Now(), job
		j.QueueTimeout = 3 * time.Second
		_, err := e.Render(context.Background(), j)
		busy := wantKind(t, err, errors.Overloaded)
		if waited := time.Since(begin); waited != j.QueueTimeout || busy.RetryAfter != j.QueueTimeout {
			t.Errorf("waited %v, retry after %v, want both to be %v", waited, busy.RetryAfter, j.QueueTimeout)
		}
		if !strings.Contains(busy.Message, "queue_timeout, 3s") {
			t.Errorf("%q", busy.Message)
		}
		close(g.release)
		group.Wait()
		// Who gave up left nothing behind: the slots are free again.
		g.release = make(chan struct{})
		close(g.release)
		if _, err := e.Render(context.Background(), job); err != nil {
			t.Error(err)
		}
	})
}

// Time is up for the client, while the slot belongs to the work until that ends.
func TestRenderTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		e := NewInProcess(g.draw, "")
		slots := runtime.GOMAXPROCS(0)
		var group sync.WaitGroup
		begin := time.Now()
		for range slots {
			group.Go(func() {
				j := job
				j.Timeout = 2 * time.Second
				_, err := e.Render(context.Background(), j)
				wantKind(t, err, errors.RenderTimeout)
			})
		}
		group.Wait()
		if took := time.Since(begin); took != 2*time.Second {
			t.Errorf("it took %v, want 2s", took)
		}
		_, err := e.Render(context.Background(), job)
		wantKind(t, err, errors.Overloaded)
		g.release <- struct{}{}
		group.Go(func() {
			if _, err := e.Render(context.Background(), job); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if len(g.begun) != slots+1 {
			t.Errorf("%d jobs have begun, want %d", len(g.begun), slots+1)
		}
		close(g.release)
		group.Wait()
	})
}

func TestClientCloses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		e := NewInProcess(g.draw, "")
		var group sync.WaitGroup

		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := e.Render(ctx, job)
		wantKind(t, err, errors.ClientClosed)
		if len(g.begun) != 0 {
			t.Error("drawn for nobody")
		}

		drawing, leave := context.WithCancel(context.Background())
		group.Go(func() {
			_, err := e.Render(drawing, job)
			wantKind(t, err, errors.ClientClosed)
		})
		synctest.Wait()
		leave()
		group.Wait() // before the work has ended
		close(g.release)
		synctest.Wait()

		g.release, g.begun = make(chan struct{}), make(chan struct{}, 100)
		g.fill(t, e, &group)
		queued, leave := context.WithCancel(context.Background())
		var waiter sync.WaitGroup
		waiter.Go(func() {
			_, err := e.Render(queued, job)
			wantKind(t, err, errors.ClientClosed)
		})
		synctest.Wait()
		leave()
		waiter.Wait()
		close(g.release)
		group.Wait()
	})
}

// A deadline of the caller's is not a client that left, and not
// render_timeout.
func TestCallersDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := NewInProcess(func(ctx context.Context, _ Job) (*Result, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, "")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := e.Render(ctx, job)
		if e := wantKind(t, err, errors.RenderTimeout); !strings.HasSuffix(e.Message, "backend_timeout") {
			t.Error(e.Message)
		}
	})
}

// A Draw that stops when its context is done says why in words of its own; ours
// are told.
func TestDrawStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := NewInProcess(func(ctx context.Context, _ Job) (*Result, error) {
			<-ctx.Done()
			return nil, errors.New(errors.BadImage, "The original is damaged")
		}, "")
		_, err := e.Render(context.Background(), job)
		wantKind(t, err, errors.RenderTimeout)
	})
}

// A bug that panics ends one job, and neither the process nor the slot.
func TestPanic(t *testing.T) {
	e := NewInProcess(func(context.Context, Job) (*Result, error) { panic("a secret") }, "")
	for range 3 * runtime.GOMAXPROCS(0) {
		_, err := e.Render(context.Background(), job)
		internal := wantKind(t, err, errors.Internal)
		if strings.Contains(internal.Message, "secret") {
			t.Errorf("the message tells: %q", internal.Message)
		}
		if cause := internal.Unwrap(); cause == nil || !strings.Contains(cause.Error(), "a secret") || !strings.Contains(cause.Error(), "inprocess_test.go") {
			t.Errorf("the log does not tell where: %v", cause)
		}
	}
}

func TestQualityOf(t *testing.T) {
	q := Quality{JPEG: 1, WebP: 2, AVIF: 3}
	for format, want := range map[transform.Format]int{transform.JPEG: 1, transform.WebP: 2, transform.AVIF: 3, transform.PNG: 0, transform.GIF: 0} {
		if got := q.Of(format); got != want {
			t.Errorf("%s: %d, want %d", format, got, want)
		}
	}
}

// Who is alone has all processors, up to a bound, and who comes to others his
// share.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(6))
	for busy, want := range map[int]int{0: 6, 1: 6, 2: 3, 3: 2, 4: 1, 6: 1, 7: 1} {
		if got := Threads(busy); got != want {
			t.Errorf("%d jobs at work: %d threads, want %d", busy, got, want)
		}
	}
	runtime.GOMAXPROCS(100)
	if got := Threads(1); got != mostThreads {
		t.Errorf("%d threads", got)
	}
	runtime.GOMAXPROCS(6)
	synctest.Test(t, func(t *testing.T) {
		given, release := make(chan int, 10), make(chan struct{})
		e := NewInProcessSlots(func(_ context.Context, j Job) (*Result, error) {
			given <- j.Threads
			<-release
			return &Result{}, nil
		}, "", 10)
		var group sync.WaitGroup
		for _, want := range []int{6, 3, 2, 1} {
			group.Go(func() { _, _ = e.Render(context.Background(), job) })
			synctest.Wait()
			if got := <-given; got != want {
				t.Errorf("%d threads, want %d", got, want)
			}
		}
		close(release)
		group.Wait()
		synctest.Wait() // who has his image may be ahead of the slot's end
		group.Go(func() { _, _ = e.Render(context.Background(), job) })
		if got := <-given; got != 6 {
			t.Errorf("%d threads, want 6", got)
		}
		group.Wait()
	})
}
