//go:build unix

package workers

import (
	"sync"
	"time"
)

// starts is what the slots of a pool, and waiting requests, know about starts
// of workers.
type starts struct {
	mu       sync.Mutex
	hopeless map[*slot]error // slots whose workers do not start, with the reason
	last     time.Time       // time of the last attempt
	changed  chan struct{}   // closed on a change
	asked    chan struct{}   // receiving one makes a sleeping slot try at once
}

// askAgain is how long after a failed start a request triggers another
// attempt, whatever the delay of the slots. It limits the cost of that.
const askAgain = time.Second

func newStarts() *starts {
	return &starts{hopeless: map[*slot]error{}, changed: make(chan struct{}), asked: make(chan struct{})}
}

// good records that a worker is ready: those of other slots may be soon.
func (s *starts) good() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hopeless) > 0 { // otherwise waiting requests keep their place
		clear(s.hopeless)
		s.change()
	}
}

// bad records that a slot's worker did not start; why is nil while the next
// one may.
func (s *starts) bad(by *slot, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = time.Now()
	if why != nil {
		s.hopeless[by] = why
		s.change()
	}
}

// change wakes everything that waits. The lock is held.
func (s *starts) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// next returns a channel that is closed at the next change.
func (s *starts) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// fault returns a channel that is closed when the rest changes, and the
// reason why none of the slots has a worker that starts, nil while one may. A
// fault triggers another attempt, unless there just was one.
func (s *starts) fault(slots int) (changed <-chan struct{}, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hopeless) < slots {
		return s.changed, nil
	}
	if time.Since(s.last) >= askAgain {
		select {
		case s.asked <- struct{}{}:
			s.last = time.Now()
		default: // no slot sleeps: a worker is being started
		}
	}
	for _, why = range s.hopeless {
		break
	}
	return s.changed, why
}
