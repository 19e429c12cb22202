package origin

import (
	"math/bits"
	"sync"
)

// Allocating megabytes for each request would keep Go's collector busy: it
// runs each time the heap has doubled. So the memory of a body that is no
// longer read is reused for the next one. The collector frees memory that
// stays unused through two of its cycles.

// memory is space for a body. It belongs to one Buffer or Source at a time.
type memory struct{ bytes []byte }

// Sizes of reused memory: four for each power of two. Smaller bodies use the
// smallest size; larger ones, which are rare, are not reused.
const (
	leastMemory = 1 << leastBits
	mostMemory  = 1 << mostBits
	leastBits   = 15
	mostBits    = 26
	steps       = 4
)

var free [(mostBits-leastBits)*steps + 1]sync.Pool // of *memory, by size

// memorySize returns the smallest size with room for n bytes, and its index
// in free; ok is false if there is none.
func memorySize(n int) (size, place int, ok bool) {
	if n > mostMemory {
		return 0, 0, false
	}
	n = max(n, leastMemory)
	power := bits.Len(uint(n-1)) - 1 // the largest below n
	step := 1 << power / steps
	count := (n + step - 1) / step // above steps, and at most twice as many
	return count * step, (power-leastBits)*steps + count - steps, true
}

// newMemory returns memory for n bytes, with arbitrary content.
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

// release makes the memory available for reuse. It does nothing if m is nil.
func (m *memory) release() {
	if m == nil {
		return
	}
	if size, place, ok := memorySize(len(m.bytes)); ok && size == len(m.bytes) {
		free[place].Put(m)
	}
}
