package origin

import (
	"math/bits"
	"sync"
)

// A body of megabytes for each request is what Go's collector would mostly work
// for: it is due again when as much was allocated as a server has at all. So memory
// of a body that nobody reads any more serves the next one. The collector still takes
// what waits for that through two of its rounds.

// memory is room for a body. It belongs to one Buffer or Source at a time.
type memory struct{ bytes []byte }

// The sizes of memory that is used again are four to each power of two. A
// smaller body has the smallest one, and a larger one, which is rare, its own.
const (
	leastMemory = 1 << leastBits
	mostMemory  = 1 << mostBits
	leastBits   = 15
	mostBits    = 26
	steps       = 4
)

var free [(mostBits-leastBits)*steps + 1]sync.Pool // of *memory, by size

// memorySize returns the smallest size of memory that has room for n bytes,
// and its place in free; ok is false where there is none.
func memorySize(n int) (size, place int, ok bool) {
	if n > mostMemory {
		return 0, 0, false
	}
	n = max(n, leastMemory)
	power := bits.Len(uint(n-1)) - 1 // the largest one below n
	step := 1 << power / steps
	count := (n + step - 1) / step // above steps, and at most twice as many
	return count * step, (power-leastBits)*steps + count - steps, true
}

// newMemory is memory for n bytes. Anything may be in it.
func newMemory(n int) *memory {
	size, place, ok := memorySize(n)
	if !ok {
		return &memory{make([]byte, n)}
	}
	if m, _ := free[place].Get().(*memory); m != nil {
		return m
	}
	return &memory{make([]byte, size)}
}

// release leaves the memory to others. A nil one is none.
func (m *memory) release() {
	if m == nil {
		return
	}
	if size, place, ok := memorySize(len(m.bytes)); ok && size == len(m.bytes) {
		free[place].Put(m)
	}
}
