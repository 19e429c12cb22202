package held

import (
	"context"
	stderrors "errors"
	"slices"
	"sync"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// Meter counts one file while it is read. A nil Meter counts nothing. It is
// safe for concurrent use.
type Meter struct {
	bodies     *Bodies
	posts      *part  // for a posted file; nil otherwise
	claim      *Claim // nil for a posted file
	alone      bool   // it may wait
	configured time.Duration

	mu     sync.Mutex
	have   int64 // taken from the part
	need   int64 // what the bytes that were read or announced take
	waited bool
	done   bool

	onHeap  bool
	regions []*region // of the file, and of what was read for it
}

type meterKey struct{}

// WithMeter returns a context for reading one file.
func WithMeter(ctx context.Context, m *Meter) context.Context {
	return context.WithValue(ctx, meterKey{}, m)
}

// MeterOf returns the Meter of a context; nil if it has none.
func MeterOf(ctx context.Context) *Meter {
	m, _ := ctx.Value(meterKey{}).(*Meter)
	return m
}

// NoWaiting makes Add fail where it would wait.
func (m *Meter) NoWaiting() {
	if m != nil {
		m.alone = false
	}
}

// Add counts n more bytes of heap before they are allocated, at their cost. If they are
// more than was reserved and not free at once, it waits if the file is alone and
// nothing of it was read. The error is errors.Overloaded with RetryAfter, errors.Limit if
// the bytes never fit, or errors.ClientClosed when ctx is done.
func (m *Meter) Add(ctx context.Context, n int64) error { return m.add(ctx, cost(n)) }

// add is Add for n bytes of memory.
func (m *Meter) add(ctx context.Context, n int64) error {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.claim.add(n); err != nil {
		return err
	}
	if err := m.take(ctx, m.need+n); err != nil {
		m.claim.sub(n)
		return err
	}
	m.need += n
	return nil
}

// take makes sure that there are need bytes. The lock is held.
func (m *Meter) take(ctx context.Context, need int64) error {
	if need <= m.have {
		return nil
	}
	if need > m.bodies.part.size {
		return m.bodies.tooLarge(need)
	}
	if m.posts != nil && !m.posts.try(need-m.have) {
		return overloaded("too many files are being posted", nil)
	}
	if !m.bodies.part.try(need - m.have) {
		if m.posts != nil {
			m.posts.release(need - m.have)
		}
		if !m.alone || m.need > 0 {
			m.waited = true
			return overloaded("no memory for a file of this size is free", nil)
		}
		if err := m.exchange(ctx, need); err != nil {
			return err
		}
	}
	m.have = max(m.have, need)
	return nil
}

// exchange gives back what the file has and waits for need bytes.
func (m *Meter) exchange(ctx context.Context, need int64) error {
	had := m.have
	err := m.claim.wait(func(timeout time.Duration) error { return m.bodies.part.exchange(ctx, had, need, timeout) })
	m.waited, m.have = true, need
	if err != nil {
		m.have = 0
		return busy(err, m.configured, "for the original")
	}
	return nil
}

// Cover counts a file on the heap that was read without a Buffer, or the rest of it. The
// errors are those of Add.
func (m *Meter) Cover(ctx context.Context, file []byte) error {
	if m == nil {
		return nil
	}
	if _, ok := Descriptor(file); ok {
		return nil
	}
	m.mu.Lock()
	rest := cost(int64(len(file))) - m.need
	m.mu.Unlock()
	if rest <= 0 {
		return nil
	}
	return m.add(ctx, rest)
}

// Drop counts a file no longer, and frees it if it is in a region: another took its
// place.
func (m *Meter) Drop(file []byte) {
	if m == nil {
		return
	}
	regions.mu.Lock()
	r := find(file)
	regions.mu.Unlock()
	if r == nil {
		m.sub(cost(int64(len(file))))
		return
	}
	m.disown(r, int64(len(file)))
}

// sub counts n bytes of memory less: they were freed.
func (m *Meter) sub(n int64) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.need -= n
	m.claim.sub(n)
}

// maps reports whether large files are read into regions.
func (m *Meter) maps() bool { return m != nil && m.bodies.maps && !m.onHeap }

// StayOnHeap keeps the file out of regions: its origin may keep it for longer than it is
// counted.
func (m *Meter) StayOnHeap() {
	if m != nil {
		m.onHeap = true
	}
}

// own makes the meter free a region if there will be no file.
func (m *Meter) own(r *region) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.regions = append(m.regions, r)
}

// disown frees a region of n bytes.
func (m *Meter) disown(r *region, n int64) {
	m.mu.Lock()
	m.regions = slices.DeleteFunc(m.regions, func(other *region) bool { return other == r })
	m.mu.Unlock()
	r.release()
	m.sub(n)
}

// Blame returns the error of a fetch. If the fetch waited for memory and then
// its time was up, or the server closed the connection meanwhile, the server is
// not to blame.
func (m *Meter) Blame(err error) error {
	if m == nil || err == nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := stderrors.AsType[*errors.Error](err); m.waited && ok && (e.Kind == errors.OriginTimeout || e.Kind == errors.Unidentified) {
		return overloaded("the original did not arrive in time, after a wait for memory", err)
	}
	return err
}

// Cancel gives everything back: there is no file.
func (m *Meter) Cancel() {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.done {
		return
	}
	m.done = true
	m.free()
	n := m.have
	m.claim.sub(m.need)
	m.have, m.need = 0, 0
	if m.claim != nil {
		m.claim.giveBack(n)
		return
	}
	m.release(n)
}

// Body ends the metering and returns what counts the file from now on, for one
// holder. size is the file's.
func (m *Meter) Body(size int) *Body {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = true
	if rest := m.have - m.need; rest > 0 {
		m.have = m.need
		if m.claim != nil {
			m.claim.giveBack(rest)
		} else {
			m.release(rest)
		}
	}
	m.bodies.learn(int64(size))
	n := m.have
	return newBody(func() {
		m.free()
		m.release(n)
	})
}

// free frees the regions.
func (m *Meter) free() {
	for _, r := range m.regions {
		r.release()
	}
	m.regions = nil
}

func (m *Meter) release(n int64) {
	m.bodies.part.release(n)
	if m.posts != nil {
		m.posts.release(n)
	}
}
