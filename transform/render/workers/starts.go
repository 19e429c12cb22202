//go:build unix

package workers

import (
	"sync"
	"time"
)

// starts is what the slots of a pool, and who waits for them, know of how starting
// workers goes.
type starts struct {
	mu       sync.Mutex
	hopeless map[*slot]error // slots whose workers are known not to start, and why
	last     time.Time       // a start was tried
	changed  chan struct{}   // closed when something here changed
	asked    chan struct{}   // one that is received has a sleeping slot try at once
}

// askAgain is how long after a start that failed somebody who asks for an
// image has it tried again, however long slots would sleep. It bounds what
// that costs.
const askAgain = time.Second

func newStarts() *starts {
	return &starts{hopeless: map[*slot]error{}, changed: make(chan struct{}), asked: make(chan struct{})}
}

// good notes that a worker is ready: those of other slots may be soon.
func (s *starts) good() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hopeless) > 0 { // else who waits keeps his place
		clear(s.hopeless)
		s.change()
	}
}

// bad notes that a slot's worker did not start; why is nil while the next one may.
func (s *starts) bad(by *slot, why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = time.Now()
	if why != nil {
		s.hopeless[by] = why
		s.change()
	}
}

// change lets who waits for one look. The lock is held.
func (s *starts) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// next is closed at the next change.
func (s *starts) next() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// fault returns what is closed when the rest changes; and why none of so many
// slots has a worker that starts, nil while one may have. Where there is a
// fault it is tried again, unless that was done a moment ago.
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
		default: // none sleeps: one is being started
		}
	}
	for _, why = range s.hopeless {
		break
	}
	return s.changed, why
}
