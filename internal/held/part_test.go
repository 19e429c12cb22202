package held

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// order enters waiters one after the other, at the time given, and returns them in the
// order in which they came in.
func order(t *testing.T, p *part, releases []time.Duration, waiters []int64) (in []int) {
	t.Helper()
	began := time.Now()
	var mu sync.Mutex
	var all sync.WaitGroup
	for i, n := range waiters {
		all.Go(func() {
			if err := p.enter(t.Context(), n, time.Hour); err != nil {
				t.Error(err)
			}
			mu.Lock()
			in = append(in, i)
			mu.Unlock()
		})
		synctest.Wait()
	}
	for _, at := range releases {
		time.Sleep(at - time.Since(began))
		p.release(10)
		synctest.Wait()
	}
	all.Wait()
	return in
}

// A part of 100 bytes is full; 10 are released at each of the times.
func TestFirstComeFirstServed(t *testing.T) {
	const soon, late = 100 * time.Millisecond, 2 * time.Second
	for name, tt := range map[string]struct {
		releases []time.Duration
		waiters  []int64
		want     []int
	}{
		"in order":                        {[]time.Duration{soon, soon * 2, soon * 3}, []int64{10, 10, 10}, []int{0, 1, 2}},
		"a small one passes within 1 s":   {[]time.Duration{soon, soon * 2, soon * 3}, []int64{20, 10}, []int{1, 0}},
		"and not later":                   {[]time.Duration{late, late + soon, late + 2*soon}, []int64{20, 10}, []int{0, 1}},
		"nor does it pass one that fits":  {[]time.Duration{soon, soon * 2}, []int64{10, 10}, []int{0, 1}},
		"the second waits for the first":  {[]time.Duration{late, late, late, late, late}, []int64{30, 20}, []int{0, 1}},
		"what is larger than open, alone": {slices.Repeat([]time.Duration{late}, 10), []int64{95}, []int{0}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &part{size: 100, open: 90}
				p.try(90)
				if name == "what is larger than open, alone" {
					p.try(10)
				}
				if got := order(t, p, tt.releases, tt.waiters); !slices.Equal(got, tt.want) {
					t.Errorf("they come in as %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// Who holds something takes what is left beside the open share; who waits for a larger
// share goes before those who enter.
func TestLargerFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &part{size: 100, open: 75}
		if err := p.enter(t.Context(), 75, 0); err != nil {
			t.Fatal(err)
		}
		if !p.try(25) || p.try(1) {
			t.Fatal("the rest is not there for those who hold something")
		}
		var in []string
		var all sync.WaitGroup
		all.Go(func() {
			if err := p.enter(t.Context(), 10, time.Hour); err != nil {
				t.Error(err)
			}
			in = append(in, "enters")
		})
		synctest.Wait()
		all.Go(func() {
			if err := p.exchange(t.Context(), 25, 90, time.Hour); err != nil {
				t.Error(err)
			}
			in = append(in, "larger")
		})
		synctest.Wait()
		if used, waiting := p.state(); used != 75 || waiting != 2 {
			t.Errorf("%d bytes are held and %d wait; who waits for more holds nothing", used, waiting)
		}
		p.release(75)
		synctest.Wait()
		p.release(90)
		all.Wait()
		if !slices.Equal(in, []string{"larger", "enters"}) {
			t.Errorf("they come in as %v", in)
		}
		p.release(10)
		if used, waiting := p.state(); used != 0 || waiting != 0 {
			t.Errorf("%d bytes and %d waiters are left", used, waiting)
		}
	})
}

// Who gives up holds nothing, and those behind are served.
func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &part{size: 100, open: 100}
		p.try(95)
		ctx, leave := context.WithCancel(t.Context())
		left, late, small := make(chan error, 1), make(chan error, 1), make(chan error, 1)
		go func() { left <- p.enter(ctx, 20, time.Hour) }()
		synctest.Wait()
		go func() { late <- p.enter(t.Context(), 20, 3*time.Second) }()
		synctest.Wait()
		time.Sleep(2 * time.Second) // nobody may pass any more
		go func() { small <- p.enter(t.Context(), 5, time.Hour) }()
		synctest.Wait()
		leave()
		if err := <-left; !errors.Is(err, errors.ClientClosed) {
			t.Errorf("who left got %v", err)
		}
		if err := <-late; err != errTimeout {
			t.Errorf("who waited for too long got %v", err)
		}
		if err := <-small; err != nil {
			t.Errorf("who fits got %v", err)
		}
		if used, waiting := p.state(); used != 100 || waiting != 0 {
			t.Errorf("%d bytes, %d waiters", used, waiting)
		}
	})
}

// However many come, go and give up at the same time, nothing is lost.
func TestNothingIsLost(t *testing.T) {
	p := &part{size: 1000, open: 700}
	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() {
			for j := range 200 {
				n := int64((i*37+j*11)%300 + 1)
				ctx, cancel := context.WithCancel(t.Context())
				if j%3 == 0 {
					go cancel()
				}
				if p.enter(ctx, n, time.Duration(j%5)*time.Microsecond) == nil {
					more := n
					if j%2 == 0 {
						if p.exchange(ctx, n, 2*n, time.Duration(j%7)*time.Microsecond) != nil {
							more = 0
						} else {
							more = 2 * n
						}
					}
					if used, _ := p.state(); used > p.size {
						t.Errorf("%d bytes of %d are used", used, p.size)
					}
					p.release(more)
				}
				cancel()
			}
		})
	}
	all.Wait()
	if used, waiting := p.state(); used != 0 || waiting != 0 {
		t.Errorf("%d bytes are left, and %d waiters", used, waiting)
	}
}
