package disk

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/caddy-images/caddy-images/cache"
)

// TestIndexAgainstMap compares the index with a map, over many changes.
func TestIndexAgainstMap(t *testing.T) {
	x := newIndex(1 << 40)
	x.heads = make([]uint32, 64) // long chains
	known := make(map[cache.Key]int64)
	r := rand.New(rand.NewPCG(1, 2))
	total := int64(0)
	for i := range 200_000 {
		key := keyOf(r.IntN(300), r.IntN(10))
		size := int64(1 + r.IntN(100_000))
		_, there := known[key]
		switch r.IntN(5) {
		case 0, 1:
			x.put(key, size, uint32(i))
			total -= known[key]
			known[key] = int64(blocksOf(size)) * blockSize
			total += known[key]
		case 2:
			x.found(key, size, uint32(i), uint32(i))
			if !there {
				known[key] = int64(blocksOf(size)) * blockSize
				total += known[key]
			}
		case 3:
			x.remove(key)
			total -= known[key]
			delete(known, key)
		case 4:
			if i%100 > 0 {
				continue
			}
			for range 50 * (i / 100 % 70) { // now and then all but a few
				key, size, ok := x.oldest()
				if ok != (len(known) > 0) {
					t.Fatalf("one of %d is found: %v", len(known), ok)
				}
				if !ok {
					break
				}
				if size != known[key] {
					t.Fatalf("the size is %d, want %d", size, known[key])
				}
				x.remove(key)
				total -= known[key]
				delete(known, key)
			}
		}
		if x.knows(key) != (known[key] > 0) || x.entries != int64(len(known)) || x.total != total {
			t.Fatalf("after %d changes: %d entries, %d bytes, want %d and %d", i, x.entries, x.total, len(known), total)
		}
	}
	if x.slots > 3001 {
		t.Errorf("%d slots were used for at most 3000 entries", x.slots)
	}
}

func TestIndexNotesUse(t *testing.T) {
	x := newIndex(1 << 20)
	key := keyOf(1, 1)
	if _, known, note := x.use(key, 1000); known || note {
		t.Error("what is not there is used")
	}
	x.found(key, 1, 1000, 50_000)
	for _, tt := range []struct {
		now  uint32
		want bool
	}{
		{1000 + noteEvery - 1, false}, {1000 + noteEvery, true}, {1001 + noteEvery, false}, {1000 + 2*noteEvery, true},
		{5000, false}, // the clock goes back
		{1000, true},
	} {
		if _, known, note := x.use(key, tt.now); !known || note != tt.want {
			t.Errorf("at %d it is to be noted: %v, want %v", tt.now, note, tt.want)
		}
	}
}

// TestIndexMemory is about the million files that a start counts.
func TestIndexMemory(t *testing.T) {
	const n = 1_000_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x := newIndex(n * 50_000)
	key := keyOf(1, 1)
	for i := range uint32(n) {
		key.Original[0], key.Original[1], key.Original[2] = byte(i), byte(i>>8), byte(i>>16)
		x.found(key, 50_000, i, i)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if took := int64(after.HeapAlloc) - int64(before.HeapAlloc); took > 80<<20 {
		t.Errorf("a million entries take %d bytes of memory", took)
	}
	if x.entries != n {
		t.Errorf("there are %d entries", x.entries)
	}
}
