package breaker

import (
	"errors"
	"testing"
	"time"
)

func TestBreaker(t *testing.T) {
	failure := errors.New("failure")
	for _, jitter := range []bool{false, true} {
		now := time.Now()
		opened, closed := 0, 0
		b := &Breaker{
			Failures: 3, First: time.Second, Longest: 10 * time.Second, Jitter: jitter,
			Now: func() time.Time { return now },
			Opened: func(err error) {
				if opened++; err != failure {
					t.Errorf("opened by %v", err)
				}
			},
			Closed: func() { closed++ },
		}
		try := func(err error) error {
			if refused := b.Allow(); refused != nil {
				return refused
			}
			return b.Note(err)
		}
		for _, err := range []error{failure, failure, nil, failure, failure} {
			if got := try(err); got != err || b.IsOpen() {
				t.Errorf("after less than three failures in a row: %v, open %v", got, b.IsOpen())
			}
		}
		if got := try(failure); got != failure || !b.IsOpen() {
			t.Errorf("the third failure: %v, open %v", got, b.IsOpen())
		}
		for _, pause := range []time.Duration{1, 2, 4, 8, 10, 10} {
			pause *= time.Second
			now = now.Add(pause - 1)
			if got := try(failure); got != ErrOpen {
				t.Errorf("just before %v: %v", pause, got)
			}
			now = now.Add(1)
			if jitter {
				now = now.Add(pause/2 + 1)
			}
			if err := b.Allow(); err != nil {
				t.Fatalf("after %v: %v", pause, err)
			}
			if err := b.Allow(); err != ErrOpen {
				t.Errorf("while one tries, another one gets %v", err)
			}
			if got := b.Note(failure); got != failure {
				t.Error(got)
			}
		}
		now = now.Add(20 * time.Second)
		if got := try(nil); got != nil || b.IsOpen() || opened != 1 || closed != 1 {
			t.Errorf("after a success: %v, open %v, opened %d, closed %d", got, b.IsOpen(), opened, closed)
		}
		if got := try(failure); got != failure || b.IsOpen() {
			t.Errorf("a failure after it: %v, open %v", got, b.IsOpen())
		}
	}
}
