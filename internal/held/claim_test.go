package held_test

import (
	"context"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
)

const kilo = 1 << 10

// bodies has room for 1 MiB: 768 KiB for those who enter. A file takes twice its size.
func bodies() *held.Bodies { return held.New(4<<20, false).Bodies }

// files are of this size in all.
func files(n int64) func() (int64, int64) { return func() (int64, int64) { return n, 0 } }

func want(t *testing.T, b *held.Bodies, bytes int64, when string) {
	t.Helper()
	if got := b.State().Bytes; got != bytes {
		t.Errorf("%s: %d bytes are held, want %d", when, got, bytes)
	}
}

// What a claim reserves is used by its files, and what they do not need by the next one.
func TestClaimOfSeveralFiles(t *testing.T) {
	b := bodies()
	want(t, b, 0, "before")
	claim := b.Claim(time.Second, false, files(300*kilo))
	want(t, b, 0, "before the first fetch")
	for range 2 { // the second time nothing happens
		if err := claim.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		want(t, b, 600*kilo, "entered")
	}
	one := claim.Take(100 * kilo)
	if err := one.Add(t.Context(), 50*kilo); err != nil {
		t.Fatal(err)
	}
	body := one.Body(50 * kilo)
	want(t, b, 600*kilo, "what a file did not need is left for others")
	two := claim.Take(250 * kilo)
	if err := two.Add(t.Context(), 250*kilo); err != nil {
		t.Fatal(err)
	}
	want(t, b, 600*kilo, "all that was reserved is used")
	if err := two.Add(t.Context(), 100*kilo); err != nil {
		t.Fatalf("what is free is not taken: %v", err)
	}
	want(t, b, 800*kilo, "more than was reserved")
	posted := b.Posting(time.Second)
	if err := posted.Add(t.Context(), 60*kilo); err != nil {
		t.Fatal(err)
	}
	if err := two.Add(t.Context(), 100*kilo); !errors.Is(err, errors.Overloaded) || errors.From(err).RetryAfter == 0 {
		t.Errorf("who holds something and finds none free gets %v", err)
	}
	posted.Cancel()
	if err := two.Add(t.Context(), 200*kilo); !errors.Is(err, errors.Limit) {
		t.Errorf("files that never fit together are %v", err)
	}
	two.Cancel()
	want(t, b, 800*kilo, "a file that failed leaves what it had to others of the request")
	claim.Settle()
	want(t, b, 100*kilo, "settled")
	body.Release()
	want(t, b, 0, "in the end")
}

// A single file that is larger than estimated waits for all of it, holding nothing.
func TestClaimOfOneFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bodies()
		other := b.Claim(time.Second, true, files(300*kilo))
		if err := other.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		claim := b.Claim(3*time.Second, true, files(10*kilo))
		if err := claim.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		meter := claim.Take(10 * kilo)
		done := make(chan error, 1)
		go func() { done <- meter.Add(t.Context(), 400*kilo) }()
		synctest.Wait()
		want(t, b, 600*kilo, "while it waits")
		time.Sleep(time.Second)
		other.Take(300 * kilo).Cancel()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		want(t, b, 800*kilo, "when it is served")
		if waited := claim.Waited(); waited != time.Second {
			t.Errorf("it waited for %v", waited)
		}
		if err := meter.Add(t.Context(), 400*kilo); !errors.Is(err, errors.Limit) {
			t.Errorf("more than there will ever be is %v", err)
		}
		posted := b.Posting(time.Second)
		if err := posted.Add(t.Context(), 50*kilo); err != nil {
			t.Fatal(err)
		}
		if err := meter.Add(t.Context(), 70*kilo); !errors.Is(err, errors.Overloaded) {
			t.Errorf("who has read something does not wait: %v", err)
		}
		if err := meter.Blame(errors.New(errors.OriginTimeout, "late")); !errors.Is(err, errors.Overloaded) {
			t.Errorf("the origin is to blame for our wait: %v", err)
		}
		if err := meter.Blame(errors.New(errors.NotFound, "none")); !errors.Is(err, errors.NotFound) {
			t.Errorf("an answer of the origin becomes %v", err)
		}
		meter.Cancel()
		posted.Cancel()
		want(t, b, 0, "in the end")
	})
}

// The waits of a request have one limit together, after which it is told to come back.
func TestClaimTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bodies()
		other := b.Claim(time.Second, true, files(384*kilo))
		if err := other.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		claim := b.Claim(3*time.Second, true, files(200*kilo))
		began := time.Now()
		err := claim.Enter(t.Context())
		if e := errors.From(err); e.Kind != errors.Overloaded || e.RetryAfter == 0 || time.Since(began) != 3*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := claim.Enter(t.Context()); !errors.Is(err, errors.Overloaded) || time.Since(began) != 3*time.Second {
			t.Errorf("a second wait: %v after %v", err, time.Since(began))
		}
		ctx, leave := context.WithCancel(t.Context())
		leave()
		if err := b.Claim(time.Second, true, files(200*kilo)).Enter(ctx); !errors.Is(err, errors.ClientClosed) {
			t.Errorf("who left gets %v", err)
		}
		if err := b.Claim(time.Hour, true, files(600*kilo)).Enter(t.Context()); !errors.Is(err, errors.Limit) {
			t.Errorf("what never fits is %v", err)
		}
		guessed := b.Claim(time.Hour, true, func() (int64, int64) { return 0, 600 * kilo })
		other.Settle()
		if err := guessed.Enter(t.Context()); err != nil {
			t.Errorf("what is only guessed never to fit is %v", err)
		}
		want(t, b, 192*kilo, "a quarter of what those who enter may have")
		never := b.Claim(time.Hour, true, files(500*kilo))
		never.NeverWait()
		if err := never.Enter(t.Context()); !errors.Is(err, errors.Overloaded) || time.Since(began) != 3*time.Second {
			t.Errorf("who never waits gets %v after %v", err, time.Since(began))
		}
	})
}

// stopwatch is a clock that notes how long it was paused.
type stopwatch struct {
	began  time.Time
	paused time.Duration
}

func (s *stopwatch) Pause()  { s.began = time.Now() }
func (s *stopwatch) Resume() { s.paused += time.Since(s.began) }

// The time of a fetch does not run while memory is waited for.
func TestClockOfClaim(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := bodies()
		other := b.Claim(time.Second, true, files(384*kilo))
		if err := other.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		claim, clock := b.Claim(time.Minute, true, files(200*kilo)), new(stopwatch)
		claim.Time(clock)
		done := make(chan error, 1)
		go func() { done <- claim.Enter(t.Context()) }()
		time.Sleep(2 * time.Second)
		other.Settle()
		if err := <-done; err != nil || clock.paused != 2*time.Second {
			t.Errorf("paused for %v, %v", clock.paused, err)
		}
	})
}

// Posted files take at most half, and never wait.
func TestPosting(t *testing.T) {
	b := bodies()
	one, two := b.Posting(time.Second), b.Posting(time.Second)
	if err := one.Add(t.Context(), 200*kilo); err != nil {
		t.Fatal(err)
	}
	if err := two.Add(t.Context(), 100*kilo); !errors.Is(err, errors.Overloaded) {
		t.Errorf("more than half is %v", err)
	}
	want(t, b, 400*kilo, "posted")
	body := one.Body(200 * kilo)
	one.Cancel() // too late
	body.Release()
	if err := two.Add(t.Context(), 256*kilo); err != nil {
		t.Error(err)
	}
	two.Cancel()
	want(t, b, 0, "in the end")
}

// A file that is shared is held until the last one has it no longer, and one that
// somebody forgot until it is collected.
func TestBodyOfSeveral(t *testing.T) {
	b := bodies()
	hold := func() *held.Body {
		claim := b.Claim(time.Second, true, files(100*kilo))
		if err := claim.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		meter := claim.Take(100 * kilo)
		if err := meter.Add(t.Context(), 100*kilo); err != nil {
			t.Fatal(err)
		}
		return meter.Body(100 * kilo)
	}
	shared := hold()
	shared.Share(3)
	for range 2 {
		shared.Release()
		want(t, b, 200*kilo, "one still holds it")
	}
	shared.Release()
	want(t, b, 0, "none does")
	hold().Share(0)
	want(t, b, 0, "no one wants it")
	func() { hold() }()
	for range 1000 {
		if runtime.GC(); b.State().Bytes == 0 {
			return
		}
		runtime.Gosched()
	}
	t.Error("what is forgotten is held for ever")
}

// Estimates follow the sizes of files.
func TestEstimate(t *testing.T) {
	b := bodies()
	first := b.Estimate()
	for range 200 {
		claim := b.Claim(time.Second, true, files(10))
		if err := claim.Enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		claim.Take(10).Body(200 * kilo).Release()
	}
	if got := b.Estimate(); first != 1280*kilo || got < 240*kilo || got > 260*kilo {
		t.Errorf("at first %d, after many files of 200 KiB %d", first, got)
	}
}

// Results are counted once, however many send them.
func TestResults(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := held.New(8<<20, false).Results // 1 MiB
		body, other := make([]byte, 800*kilo), make([]byte, 800*kilo)
		one, err := r.Hold(t.Context(), body, time.Second, time.Second)
		if err != nil {
			t.Fatal(err)
		}
		two, err := r.Hold(t.Context(), body, time.Second, time.Second)
		if err != nil || r.State().Bytes != 800*kilo {
			t.Fatal(r.State(), err)
		}
		if _, err := r.Hold(t.Context(), other, time.Second, 5*time.Second); !errors.Is(err, errors.Overloaded) {
			t.Errorf("got %v", err)
		}
		if _, err := r.Hold(t.Context(), make([]byte, 2<<20), time.Second, time.Second); !errors.Is(err, errors.Limit) {
			t.Errorf("what never fits is %v", err)
		}
		one()
		if r.State().Bytes != 800*kilo {
			t.Error("one still sends it")
		}
		two()
		if got := r.State(); got.Bytes != 0 || got.Waiting != 0 {
			t.Errorf("left: %+v", got)
		}
	})
}
