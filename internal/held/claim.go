package held

import (
	"context"
	"sync"
	"time"
)

// Claim is the memory that a request needs for its files. Nothing is reserved
// before the first of them is really fetched: what a cache has costs nothing.
// All waits of a claim together have one limit.
type Claim struct {
	bodies     *Bodies
	configured time.Duration // the longest wait
	alone      bool
	never      bool // it waits
	needs      func() (known, guessed int64)

	entering sync.Mutex // held while it waits

	mu      sync.Mutex
	clock   Clock // may be nil
	entered bool
	settled bool
	left    int64 // reserved, and given to no file yet
	total   int64 // of all files that were fetched
	waited  time.Duration
}

// Claim returns a claim that waits up to timeout. needs returns how many bytes
// those files of the request have whose size is known, and probably the others; it
// is called when memory is reserved. alone says that there is a single file, and
// that the request holds no other.
func (b *Bodies) Claim(timeout time.Duration, alone bool, needs func() (known, guessed int64)) *Claim {
	return &Claim{bodies: b, configured: timeout, alone: alone, needs: needs}
}

// Clock is a time limit that does not run while a claim waits for memory.
type Clock interface {
	Pause()
	Resume()
}

// Time sets the time limit of the fetches that follow; nil for none.
func (c *Claim) Time(clock Clock) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clock = clock
}

// Alone reports whether the request has a single file.
func (c *Claim) Alone() bool { return c.alone }

// NeverWait makes Enter fail where it would wait: the request holds memory
// already. It is called before Enter.
func (c *Claim) NeverWait() { c.never, c.alone = true, false }

// Waited returns how long the request has waited for memory.
func (c *Claim) Waited() time.Duration {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waited
}

// Enter reserves memory for all files of the request, unless that was done. The error is
// errors.Overloaded with RetryAfter if none was free in time, errors.Limit if
// the files never fit, or errors.ClientClosed when ctx is done.
func (c *Claim) Enter(ctx context.Context) error {
	c.entering.Lock()
	defer c.entering.Unlock()
	c.mu.Lock()
	entered := c.entered
	c.mu.Unlock()
	if entered {
		return nil
	}
	known, guessed := c.needs()
	n := cost(known)
	if n > c.bodies.part.size {
		return c.bodies.tooLarge(n)
	}
	n = max(n, min(cost(known+guessed), c.bodies.part.open/4)) // a guess keeps nobody else out
	if c.never {
		if !c.bodies.part.try(n) {
			return overloaded("no memory for the files of this request is free", nil)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		c.entered, c.left = true, n
		return nil
	}
	err := c.wait(func(timeout time.Duration) error { return c.bodies.part.enter(ctx, n, timeout) })
	if err != nil {
		return busy(err, c.configured, "for the files of this request")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled {
		c.bodies.part.release(n)
		return nil
	}
	c.entered, c.left = true, n
	return nil
}

// wait calls f, which waits up to timeout, with the clock paused.
func (c *Claim) wait(f func(timeout time.Duration) error) error {
	c.mu.Lock()
	clock, timeout := c.clock, c.configured-c.waited
	c.mu.Unlock()
	if clock != nil {
		clock.Pause()
		defer clock.Resume()
	}
	began := time.Now()
	err := f(timeout)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waited += time.Since(began)
	return err
}

// Take returns a Meter for one file, with its estimated share of what was
// reserved, which for a single file is all.
func (c *Claim) Take(estimate int64) *Meter {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.left
	if !c.alone {
		n = min(n, cost(estimate))
	}
	c.left -= n
	return &Meter{bodies: c.bodies, claim: c, alone: c.alone, configured: c.configured, have: n}
}

// Settle gives back what no file has taken. Files that are still arriving keep
// what they have. Settling again does nothing. c may be nil.
func (c *Claim) Settle() {
	if c == nil {
		return
	}
	c.mu.Lock()
	n := c.left
	c.left, c.settled = 0, true
	c.mu.Unlock()
	c.bodies.part.release(n)
}

// add counts n bytes of a file, and sub n bytes less. The error of add is errors.Limit if
// the files of the request can never be held together.
func (c *Claim) add(n int64) error {
	if c == nil {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.total+n > c.bodies.part.size {
		return c.bodies.tooLarge(c.total + n)
	}
	c.total += n
	return nil
}

func (c *Claim) sub(n int64) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total -= n
}

// giveBack returns what a file did not need, for another file of the request.
// If there is none, nothing may stay reserved: others may be waiting for a
// flight that this request has joined, and for memory.
func (c *Claim) giveBack(n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.settled || c.alone {
		c.entered = false
		c.bodies.part.release(n)
		return
	}
	c.left += n
}
