package origin

import "testing"

// Each size of memory has room for what it is chosen for, wastes no more than a
// quarter of itself, and is found again by its own length.
func TestMemorySizes(t *testing.T) {
	before := -1
	for n := 0; n <= mostMemory; n += 1 + n/1000 {
		for _, n := range []int{n, leastMemory + n/leastMemory*leastMemory/4} { // odd ones, and the bounds between sizes
			for _, n := range []int{n - 1, n, n + 1} {
				size, place, ok := memorySize(n)
				if n > mostMemory {
					if ok {
						t.Fatalf("%d bytes: there is memory of %d", n, size)
					}
					continue
				}
				if !ok || size < n || n > leastMemory && 4*(size-n) >= size || place < 0 || place >= len(free) {
					t.Fatalf("%d bytes: %d in place %d, %t", n, size, place, ok)
				}
				if again, there, ok := memorySize(size); again != size || there != place || !ok {
					t.Fatalf("%d bytes: %d of place %d, whose own is %d, %d, %t", n, size, place, again, there, ok)
				}
			}
		}
		if _, place, _ := memorySize(n); place != before {
			if place != before+1 {
				t.Fatalf("%d bytes: place %d after %d", n, place, before)
			}
			before = place
		}
	}
	if before != len(free)-1 {
		t.Errorf("the last place that is used is %d of %d", before, len(free))
	}
}
