package held

import (
	"context"
	"time"
	"unsafe"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/dustin/go-humanize"
)

// Memory is the memory that requests may hold in this process, in two parts
// that do not lend to each other.
type Memory struct {
	Bodies  *Bodies
	Results *Results
}

// New divides memory, in bytes: a quarter is for bodies, an eighth for results,
// and the rest, which Renders returns, for rendering. shares says that files are given to
// other processes, so that large ones are best in memory that those can map.
func New(memory int64, shares bool) *Memory {
	m := &Memory{Bodies: newBodies(memory/4, shares), Results: &Results{part: part{size: memory / 8, open: memory / 8}, shares: make(map[*byte]*share)}}
	m.Bodies.part.idle = newIdle(&m.Bodies.part, &m.Results.part)
	m.Results.part.idle = m.Bodies.part.idle
	return m
}

// Renders returns how much of memory, in bytes, is left for rendering.
func Renders(memory int64) int64 { return memory - memory/4 - memory/8 }

// State is how much of a part is in use.
type State struct {
	Bytes, Limit int64
	Waiting      int // requests that wait for some
}

// Results counts the variants that are being sent and are not in a cache.
type Results struct {
	part   part
	shares map[*byte]*share // guarded by part.mu
}

// share is a result that one request or several send.
type share struct {
	bytes   int64
	senders int
}

// State returns how much is in use.
func (r *Results) State() State {
	used, waiting := r.part.state()
	return State{used, r.part.size, waiting}
}

// Hold counts a result until release is called, once for all requests that
// send the same bytes. It waits up to timeout for memory. The error is
// errors.Overloaded after that, errors.Limit for a result larger than the
// part, or errors.ClientClosed when ctx is done.
func (r *Results) Hold(ctx context.Context, result []byte, timeout, configured time.Duration) (release func(), err error) {
	n := int64(len(result))
	if n == 0 {
		return func() {}, nil
	}
	if n > r.part.size {
		return nil, r.tooLarge(n)
	}
	key := unsafe.SliceData(result)
	if !r.join(key) {
		if err := r.part.enter(ctx, n, timeout); err != nil {
			return nil, busy(err, configured, "for the response")
		}
		if r.begin(key, n) { // another request was faster
			r.part.release(n)
		}
	}
	return func() { r.end(key) }, nil
}

// Reserve counts n bytes that one request makes and sends. It waits like Hold.
func (r *Results) Reserve(ctx context.Context, n int64, timeout, configured time.Duration) (*Reserved, error) {
	if n > r.part.size {
		return nil, r.tooLarge(n)
	}
	if err := r.part.enter(ctx, n, timeout); err != nil {
		return nil, busy(err, configured, "for the response")
	}
	return &Reserved{&r.part, n}, nil
}

// Reserved is memory of results. It is not safe for concurrent use; nil is none.
type Reserved struct {
	part  *part
	bytes int64
}

// Shrink keeps n bytes at most, and gives the rest back.
func (r *Reserved) Shrink(n int64) {
	if r != nil && n < r.bytes {
		r.part.release(r.bytes - n)
		r.bytes = n
	}
}

func (r *Results) tooLarge(n int64) error {
	return errors.New(errors.Limit, "The image has %s, more than the part of memory for results, %s", humanize.IBytes(uint64(n)), humanize.IBytes(uint64(r.part.size)))
}

func (r *Results) join(key *byte) bool {
	r.part.mu.Lock()
	defer r.part.mu.Unlock()
	s := r.shares[key]
	if s != nil {
		s.senders++
	}
	return s != nil
}

// begin counts a result whose memory was taken. It returns true if that had
// been done already.
func (r *Results) begin(key *byte, n int64) (again bool) {
	r.part.mu.Lock()
	defer r.part.mu.Unlock()
	if s := r.shares[key]; s != nil {
		s.senders++
		return true
	}
	r.shares[key] = &share{n, 1}
	return false
}

func (r *Results) end(key *byte) {
	r.part.mu.Lock()
	s := r.shares[key]
	s.senders--
	last := s.senders == 0
	if last {
		delete(r.shares, key)
	}
	r.part.mu.Unlock()
	if last {
		r.part.release(s.bytes)
	}
}
