package held

import (
	"bytes"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// A large file is read into a region: memory outside of Go's heap that a worker
// maps by its descriptor, so that it is in memory once. A region is sealed when
// the file is whole: nobody can change it, not even this process. Its bytes are
// never given to a http.ResponseWriter, which might keep them; they are copied.
//
// RegionSize is the size from which files are read into regions, where there
// are any. Smaller ones are copied into memory that a worker has mapped
// already, which is faster than mapping.
const RegionSize = 8 << 20

// region is memory with a descriptor.
type region struct {
	memory  memory
	bytes   []byte // nil when it is gone
	holders atomic.Int64
}

// regions are those that are sealed, by their first byte.
var regions struct {
	mu  sync.Mutex
	all map[*byte]*region
}

// publish makes a sealed region known.
func (r *region) publish() {
	regions.mu.Lock()
	defer regions.mu.Unlock()
	if regions.all == nil {
		regions.all = make(map[*byte]*region)
	}
	regions.all[unsafe.SliceData(r.bytes)] = r
}

// release ends the holding of one holder.
func (r *region) release() {
	regions.mu.Lock()
	defer regions.mu.Unlock()
	if r.holders.Add(-1) > 0 {
		return
	}
	delete(regions.all, unsafe.SliceData(r.bytes))
	r.memory.clear(r.bytes)
	// Nobody should read it any more. If somebody does, zeros are better than the end of
	// the process; so the place stays mapped for a while, without memory.
	place := r.bytes
	r.bytes = nil
	time.AfterFunc(grace, func() { unmap(place) })
}

// grace is how long the place of a region stays readable when its memory is gone.
const grace = time.Minute

// find returns the region of a file; nil for one on the heap. The lock is held.
func find(file []byte) *region {
	if len(file) == 0 {
		return nil
	}
	return regions.all[unsafe.SliceData(file)]
}

// Keep keeps files readable until release is called, if they are in regions. They must
// be readable now. Files on the heap need no keeping.
func Keep(files ...[]byte) (release func()) {
	regions.mu.Lock()
	defer regions.mu.Unlock()
	var kept []*region
	for _, file := range files {
		if r := find(file); r != nil {
			r.holders.Add(1)
			kept = append(kept, r)
		}
	}
	if kept == nil {
		return func() {}
	}
	return sync.OnceFunc(func() {
		for _, r := range kept {
			r.release()
		}
	})
}

// Descriptor returns the descriptor of the sealed memory that consists of the file, for
// as long as the file is kept; ok is false for a file on the heap.
func Descriptor(file []byte) (fd int, ok bool) {
	regions.mu.Lock()
	defer regions.mu.Unlock()
	r := find(file)
	if r == nil || len(r.bytes) != len(file) {
		return 0, false
	}
	return r.memory.descriptor(), true
}

// OnHeap returns the file for somebody who keeps it: a copy if it is in a region.
func OnHeap(file []byte) []byte {
	regions.mu.Lock()
	r := find(file)
	regions.mu.Unlock()
	if r == nil {
		return file
	}
	return bytes.Clone(file)
}
