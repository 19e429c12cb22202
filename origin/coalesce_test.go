package origin_test

import (
	"context"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
)

var request = origin.Request{Ref: origin.Ref{Path: "a.jpg"}, MaxBytes: 100}

type result struct {
	source *origin.Source
	err    error
}

// coalesce returns an origin with room for everything.
func coalesce(o origin.Origin) origin.Origin {
	return origin.Coalesce(o, origin.Room{Bodies: held.New(1<<30, false).Bodies, Timeout: time.Second})
}

// fetching fetches on a goroutine of its own.
func fetching(ctx context.Context, o origin.Origin, req origin.Request) <-chan result {
	done := make(chan result, 1)
	go func() {
		source, err := o.Fetch(ctx, req)
		done <- result{source, err}
	}()
	return done
}

func TestCoalesceSharesAFetchInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int32
		land := make(chan struct{})
		o := coalesce(fetchFunc(func(_ context.Context, req origin.Request) (*origin.Source, error) {
			fetches.Add(1)
			<-land
			return origin.Read(t.Context(), strings.NewReader(req.Ref.Path), -1, 10)
		}))
		other := request
		other.Ref.Path = "b.jpg"
		first, second, third := fetching(t.Context(), o, request), fetching(t.Context(), o, request), fetching(t.Context(), o, other)
		synctest.Wait()
		close(land)
		a, b, c := <-first, <-second, <-third
		// Who shares does not take what others have, nor has it taken.
		a.source.Close()
		if a.source == b.source || a.source.Body != nil || string(b.source.Body) != "a.jpg" || string(c.source.Body) != "b.jpg" {
			t.Errorf("got %q, %q, %q", a.source.Body, b.source.Body, c.source.Body)
		}
		if got := fetches.Load(); got != 2 {
			t.Errorf("%d fetches, want one for each of two requests", got)
		}
		if _, err := o.Fetch(t.Context(), request); err != nil || fetches.Load() != 3 {
			t.Errorf("after landing: %v, %d fetches; a finished fetch is not a cache", err, fetches.Load())
		}
	})
}

func TestCoalesceWaiterThatGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		land := make(chan struct{})
		o := coalesce(fetchFunc(func(ctx context.Context, _ origin.Request) (*origin.Source, error) {
			select {
			case <-land:
				return &origin.Source{}, nil
			case <-ctx.Done():
				return nil, origin.GivenUp(ctx)
			}
		}))
		// The one that started the fetch is the one that leaves.
		leaving, leave := context.WithCancel(t.Context())
		first := fetching(leaving, o, request)
		synctest.Wait()
		hurried, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		second, third := fetching(hurried, o, request), fetching(t.Context(), o, request)
		synctest.Wait()

		leave()
		if r := <-first; !errors.Is(r.err, errors.ClientClosed) {
			t.Errorf("the one that left got %v", r.err)
		}
		if r := <-second; !errors.Is(r.err, errors.OriginTimeout) {
			t.Errorf("the one out of time got %v", r.err)
		}
		close(land)
		if r := <-third; r.err != nil {
			t.Errorf("the one that stayed got %v", r.err)
		}
		if _, err := o.Fetch(leaving, request); !errors.Is(err, errors.ClientClosed) {
			t.Errorf("a context that was done before gives %v", err)
		}
	})
}

func TestCoalesceCancelsWhenTheLastWaiterLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int32
		cancelled := make(chan struct{})
		goDown := make(chan struct{})
		o := coalesce(fetchFunc(func(ctx context.Context, _ origin.Request) (*origin.Source, error) {
			if fetches.Add(1) > 1 {
				return &origin.Source{}, nil
			}
			<-ctx.Done()
			close(cancelled)
			<-goDown
			return nil, origin.GivenUp(ctx)
		}))
		ctx, leave := context.WithCancel(t.Context())
		first, second := fetching(ctx, o, request), fetching(ctx, o, request)
		synctest.Wait()
		leave()
		<-first
		<-second
		<-cancelled

		// While the cancelled fetch still goes down, a newcomer gets one of its own.
		if r := <-fetching(t.Context(), o, request); r.err != nil {
			t.Errorf("a newcomer boarded the cancelled fetch: %v", r.err)
		}
		close(goDown)
	})
}

func TestCoalesceKeepsContextValuesApart(t *testing.T) {
	type key struct{}
	o := coalesce(fetchFunc(func(ctx context.Context, _ origin.Request) (*origin.Source, error) {
		if v := ctx.Value(key{}); v != nil {
			t.Errorf("the fetch sees %v of one of its waiters", v)
		}
		if _, ok := ctx.Deadline(); ok {
			t.Error("the fetch has the deadline of one of its waiters")
		}
		return &origin.Source{}, nil
	}))
	ctx, cancel := context.WithTimeout(context.WithValue(t.Context(), key{}, "private"), time.Hour)
	defer cancel()
	if _, err := o.Fetch(ctx, request); err != nil {
		t.Error(err)
	}
}

func TestCoalesceSurvivesItsOrigin(t *testing.T) {
	for name, end := range map[string]func(){
		"panic":  func() { panic("boom") },
		"goexit": runtime.Goexit,
	} {
		t.Run(name, func(t *testing.T) {
			o := coalesce(fetchFunc(func(context.Context, origin.Request) (*origin.Source, error) {
				end()
				return nil, nil
			}))
			_, err := o.Fetch(t.Context(), request)
			if !errors.Is(err, errors.Internal) || strings.Contains(errors.From(err).Header(), "boom") {
				t.Errorf("got %v", err)
			}
		})
	}
}

type bound struct{ origin.Origin }

func (*bound) RequestBound() {}

// What belongs to a request is not shared.
func TestCoalesceLeavesRequestBoundAlone(t *testing.T) {
	var fetches atomic.Int32
	land := make(chan struct{})
	o := coalesce(&bound{fetchFunc(func(context.Context, origin.Request) (*origin.Source, error) {
		if fetches.Add(1) == 2 {
			close(land) // each fetch waits for the other
		}
		<-land
		return &origin.Source{}, nil
	})})
	if _, bound := o.(origin.RequestBound); !bound {
		t.Fatalf("%T is not RequestBound", o)
	}
	for _, r := range []<-chan result{fetching(t.Context(), o, request), fetching(t.Context(), o, request)} {
		if got := <-r; got.err != nil {
			t.Error(got.err)
		}
	}
}

// A chain forgets what any of its origins has in flight.
func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int32
		land := make(chan struct{})
		slow := coalesce(fetchFunc(func(context.Context, origin.Request) (*origin.Source, error) {
			fetches.Add(1)
			<-land
			return &origin.Source{}, nil
		}))
		chain := origin.Chain{Origins: []origin.Origin{fetchFunc(missing), slow}}
		other := request
		other.Ref.Path = "b.jpg"
		first, second := fetching(t.Context(), chain, request), fetching(t.Context(), chain, other)
		synctest.Wait()
		if n := chain.Forget(func(r origin.Request) bool { return r.Ref.Path == "a.jpg" }); n != 1 {
			t.Errorf("%d fetches are forgotten, want 1", n)
		}
		third, fourth := fetching(t.Context(), chain, request), fetching(t.Context(), chain, other)
		synctest.Wait()
		if n := fetches.Load(); n != 3 {
			t.Errorf("%d fetches, want one more than two", n)
		}
		close(land)
		for _, r := range []<-chan result{first, second, third, fourth} {
			if got := <-r; got.err != nil {
				t.Error(got.err)
			}
		}
	})
}

func missing(context.Context, origin.Request) (*origin.Source, error) {
	return nil, errors.New(errors.NotFound, "no")
}

// A stream is one caller's.
func TestCoalesceDoesNotShareStreams(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fetches atomic.Int32
		land := make(chan struct{})
		o := coalesce(fetchFunc(func(context.Context, origin.Request) (*origin.Source, error) {
			fetches.Add(1)
			<-land
			return &origin.Source{}, nil
		}))
		req := request
		req.Stream.Wanted = true
		first, second := fetching(t.Context(), o, req), fetching(t.Context(), o, req)
		synctest.Wait()
		if got := fetches.Load(); got != 2 {
			t.Errorf("%d fetches", got)
		}
		close(land)
		if a, b := <-first, <-second; a.source == b.source {
			t.Error("it is shared")
		}
	})
}
