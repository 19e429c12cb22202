// Package breaker keeps work from what fails: a disk, a bucket.
package breaker

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"
)

// ErrOpen is the error while nothing is tried.
var ErrOpen = errors.New("it has failed and is tried again later")

// Breaker has nothing tried for a while after some failures in a row, and then one thing at
// a time until one succeeds. It is safe for concurrent use.
type Breaker struct {
	// Failures is how many there are in a row until it opens.
	Failures int

	// First is how long nothing is tried then. It doubles with each failure, up to
	// Longest.
	First, Longest time.Duration

	// Jitter adds up to a half to each of these times, so that not all processes try at
	// once.
	Jitter bool

	Now func() time.Time

	// Opened and Closed are called when it opens, with the failure, and when it closes.
	Opened func(error)
	Closed func()

	mu     sync.Mutex
	failed int
	pause  time.Duration // 0 while it is closed
	until  time.Time
}

// Allow returns ErrOpen if nothing is to be tried now. Who tries says with Note how it went.
func (b *Breaker) Allow() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pause == 0 {
		return nil
	}
	if b.Now().Before(b.until) {
		return ErrOpen
	}
	b.wait() // all others
	return nil
}

// Note notes how a try went, and returns its error.
func (b *Breaker) Note(err error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.failed = 0
		if b.pause != 0 {
			b.pause = 0
			b.Closed()
		}
		return nil
	}
	if b.failed++; b.failed < b.Failures {
		return err
	}
	if b.pause == 0 {
		b.pause = b.First
		b.Opened(err)
	} else {
		b.pause = min(2*b.pause, b.Longest)
	}
	b.wait()
	return err
}

func (b *Breaker) wait() {
	pause := b.pause
	if b.Jitter {
		pause += rand.N(pause/2 + 1)
	}
	b.until = b.Now().Add(pause)
}

// IsOpen reports whether what it is for fails.
func (b *Breaker) IsOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pause != 0
}
