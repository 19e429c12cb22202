package load

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"
)

func times(ms ...int) Result {
	var r Result
	for _, n := range ms {
		r.Times = append(r.Times, time.Duration(n)*time.Millisecond)
	}
	return r
}

func TestPercentile(t *testing.T) {
	hundred := Result{}
	for n := 100; n > 0; n-- {
		hundred.Times = append(hundred.Times, time.Duration(n)*time.Millisecond)
	}
	for _, test := range []struct {
		of    Result
		share float64
		want  int
	}{
		{times(), .5, 0},
		{times(7), .5, 7},
		{times(7), .99, 7},
		{times(4, 1, 3, 2), .5, 2},
		{times(5, 4, 1, 3, 2), .5, 3},
		{times(4, 1, 3, 2), 1, 4},
		{hundred, .5, 50},
		{hundred, .99, 99},
		{hundred, .991, 100},
		{hundred, .001, 1},
	} {
		if got := test.of.Percentile(test.share); got != time.Duration(test.want)*time.Millisecond {
			t.Errorf("%g of %d is %s, want %dms", test.share, len(test.of.Times), got, test.want)
		}
	}
}

func TestRateAndMean(t *testing.T) {
	r := times(10, 20, 30)
	r.Elapsed = 500 * time.Millisecond
	if r.Rate() != 6 || r.Mean() != 20*time.Millisecond {
		t.Errorf("rate %g, mean %s", r.Rate(), r.Mean())
	}
	more := times(60)
	more.Elapsed = 1500 * time.Millisecond
	r.Add(more)
	if r.Rate() != 2 || r.Mean() != 30*time.Millisecond {
		t.Errorf("together: rate %g, mean %s", r.Rate(), r.Mean())
	}
	if none := (Result{}); none.Rate() != 0 || none.Mean() != 0 {
		t.Error("nothing has a rate or a mean")
	}
}

// Every number is asked for once, by as many clients as there are to be.
func TestRun(t *testing.T) {
	const clients, least = 4, 40
	var opened, running, most atomic.Int64
	seen := make([]atomic.Int64, least+clients)
	all := make(chan struct{})
	r, err := Run(clients, 0, least, func() (Do, error) {
		opened.Add(1)
		return func(n int) error {
			seen[n].Add(1)
			if now := running.Add(1); now == clients {
				most.Store(now)
				close(all)
			}
			<-all // until all clients are at it
			return nil
		}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if opened.Load() != clients || most.Load() != clients || len(r.Times) != least {
		t.Errorf("%d clients, %d at a time, %d requests", opened.Load(), most.Load(), len(r.Times))
	}
	for n := range least {
		if seen[n].Load() != 1 {
			t.Errorf("request %d was made %d times", n, seen[n].Load())
		}
	}
}

func TestRunFails(t *testing.T) {
	broken := errors.New("broken")
	_, err := Run(3, time.Hour, 1, func() (Do, error) {
		return func(n int) error {
			if n == 5 {
				return broken
			}
			return nil
		}, nil
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	_, err = Run(1, 0, 1, func() (Do, error) { return nil, broken })
	if !errors.Is(err, broken) {
		t.Errorf("the error of a client that cannot connect is %v", err)
	}
}
