package held

import (
	"runtime/debug"
	"sync"
	"time"
)

// After a burst of requests the collector would keep the heap for minutes: it
// runs when as much again was allocated, or after two minutes. idle returns the
// memory to the system when much less is held than was.
type idle struct {
	parts []*part

	mu    sync.Mutex
	armed bool
}

const (
	// muchGarbage is how much less must be held, in bytes.
	muchGarbage = 32 << 20

	// idleAfter is how long after that memory is returned. Returning it costs a run
	// of the collector, so a pause between requests is not enough.
	idleAfter = 2 * time.Second
)

func newIdle(parts ...*part) *idle { return &idle{parts: parts} }

// soon returns memory after a while, if much less is held then.
func (i *idle) soon() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.armed {
		return
	}
	i.armed = true
	time.AfterFunc(idleAfter, i.returnMemory)
}

func (i *idle) returnMemory() {
	i.mu.Lock()
	i.armed = false
	i.mu.Unlock()
	fallen := false
	for _, p := range i.parts {
		fallen = p.settle() || fallen
	}
	if fallen {
		debug.FreeOSMemory()
	}
}
