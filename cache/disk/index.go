package disk

import (
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"sync"

	"github.com/caddy-images/caddy-images/cache"
)

const (
	// blockSize is what sizes are rounded up to, as most file systems do.
	blockSize = 4096

	chunkSize = 1024 // slots

	// sampleSize is how many entries are compared to find one to evict. With 16 of them,
	// it is nearly always among the least recently used fifth.
	sampleSize = 16

	// noteEvery is how often, in seconds, the time of use is noted at a file.
	noteEvery = 3600
)

// index knows the files that were counted, and how many bytes they take. It has no pointer
// for each of them and never copies all of them: a million are neither work for the garbage
// collector nor a pause.
type index struct {
	mu sync.Mutex

	limit    int64 // bytes
	total    int64 // of the entries
	reserved int64 // of what is being written
	entries  int64

	// counting is whether there may be files that are not known yet. Of these, counted
	// bytes were found so far.
	counting bool
	counted  int64
	count    int           // of how often they were counted anew
	whole    chan struct{} // closed when counting ends

	seed   maphash.Seed
	heads  []uint32           // of the chain of slots for each hash; 0 for none
	chunks []*[chunkSize]slot // slot 0 is not used
	slots  uint32             // that were ever used
	free   uint32             // the head of the chain of free slots
}

// slot is what is known of a file.
type slot struct {
	key    cache.Key
	stamp  uint64 // the version of the file whose body was verified; 0 for none
	used   uint32 // when, in seconds
	noted  uint32 // the time of use that the file has
	blocks uint32 // its size; 0 if the slot is free
	next   uint32 // in its chain
}

func newIndex(limit int64) *index {
	x := &index{limit: limit, seed: maphash.MakeSeed(), whole: make(chan struct{})}
	close(x.whole)
	// A chain is short as long as an entry takes 32 KiB on average.
	x.heads = make([]uint32, 1<<bits.Len64(uint64(min(max(limit>>15, 1<<10), 1<<22)-1)))
	return x
}

// blocksOf is how many blocks a file takes: one at least, since it has a name and an inode.
func blocksOf(size int64) uint32 { return uint32(max((size+blockSize-1)/blockSize, 1)) }

func (x *index) slot(i uint32) *slot { return &x.chunks[i/chunkSize][i%chunkSize] }

func (x *index) head(key cache.Key) *uint32 {
	return &x.heads[maphash.Comparable(x.seed, key)&uint64(len(x.heads)-1)]
}

// find returns the slot of a key, or nil.
func (x *index) find(key cache.Key) *slot {
	for i := *x.head(key); i != 0; {
		s := x.slot(i)
		if s.key == key {
			return s
		}
		i = s.next
	}
	return nil
}

// insert returns a new slot for a key that has none.
func (x *index) insert(key cache.Key) *slot {
	i := x.free
	if i != 0 {
		x.free = x.slot(i).next
	} else {
		if x.slots == 0 {
			x.slots = 1
		}
		i = x.slots
		x.slots++
		if int(i/chunkSize) == len(x.chunks) {
			x.chunks = append(x.chunks, new([chunkSize]slot))
		}
	}
	head := x.head(key)
	s := x.slot(i)
	*s = slot{key: key, next: *head}
	*head = i
	x.entries++
	return s
}

// put notes a file that was written, in place of any other with its key.
func (x *index) put(key cache.Key, size int64, now uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.find(key)
	if s == nil {
		s = x.insert(key)
	}
	x.total -= int64(s.blocks) * blockSize
	s.blocks, s.used, s.noted, s.stamp = blocksOf(size), now, now, 0
	x.total += int64(s.blocks) * blockSize
}

// found notes a file that was there, unless it is known.
func (x *index) found(key cache.Key, size int64, used, now uint32) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.find(key) != nil {
		return
	}
	s := x.insert(key)
	s.blocks, s.noted = blocksOf(size), used
	s.used = min(used, now) // the clock may have been wrong
	x.total += int64(s.blocks) * blockSize
	x.counted += int64(s.blocks) * blockSize
}

// remove forgets a file.
func (x *index) remove(key cache.Key) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for at := x.head(key); *at != 0; {
		i := *at
		s := x.slot(i)
		if s.key != key {
			at = &s.next
			continue
		}
		x.total -= int64(s.blocks) * blockSize
		x.entries--
		*at = s.next
		*s = slot{next: x.free}
		x.free = i
		return
	}
}

// use notes that an entry is used. It returns the version of the file that was verified,
// and whether the time is to be noted at the file, too.
func (x *index) use(key cache.Key, now uint32) (stamp uint64, known, note bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	s := x.find(key)
	if s == nil {
		return 0, false, false
	}
	s.used = max(s.used, now)
	if now >= s.noted+noteEvery || s.noted > now+noteEvery {
		s.noted = now
		note = true
	}
	return s.stamp, true, note
}

// verified notes the version of a file whose body was verified.
func (x *index) verified(key cache.Key, stamp uint64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if s := x.find(key); s != nil {
		s.stamp = stamp
	}
}

// knows reports whether a file was counted.
func (x *index) knows(key cache.Key) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.find(key) != nil
}

// oldest returns the least recently used entry of a random sample, and its size; there is
// none if the index is empty.
func (x *index) oldest() (key cache.Key, size int64, ok bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.entries == 0 {
		return key, 0, false
	}
	var oldest *slot
	for seen := 0; seen < sampleSize; {
		start := 1 + rand.Uint32N(x.slots-1)
		s := x.slot(start)
		if s.blocks == 0 {
			if int64(x.slots) < 4*x.entries { // the next one will do
				continue
			}
			// Few are left of many, so this looks for one in one go.
			for i := start; s.blocks == 0; s = x.slot(i) {
				if i++; i == x.slots {
					i = 1
				}
			}
		}
		if oldest == nil || s.used < oldest.used {
			oldest = s
		}
		seen++
	}
	return oldest.key, int64(oldest.blocks) * blockSize, true
}

// excess is how many bytes there are above the limit.
func (x *index) excess() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.total + x.reserved - x.limit
}

// reserve makes room for size bytes if there is any. While there are files that are not
// known, what is written must not take more than what was removed of those that are: then
// the directory stays within the limit, or at what it was above it.
func (x *index) reserve(size int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	most := x.limit
	if x.counting {
		most = min(most, x.counted)
	}
	size = int64(blocksOf(size)) * blockSize
	if x.total+x.reserved+size > most {
		return false
	}
	x.reserved += size
	return true
}

// release gives back what was reserved.
func (x *index) release(size int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.reserved -= int64(blocksOf(size)) * blockSize
}

// most is the limit.
func (x *index) most() int64 {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.limit
}

// setLimit changes the limit.
func (x *index) setLimit(limit int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.limit = limit
}

// begin forgets all files, because they are about to be counted.
func (x *index) begin() {
	x.mu.Lock()
	defer x.mu.Unlock()
	clear(x.heads)
	x.chunks, x.slots, x.free = nil, 0, 0
	x.total, x.entries, x.counted = 0, 0, 0
	x.count++
	if !x.counting {
		x.counting, x.whole = true, make(chan struct{})
	}
}

// end says that all files are known, if they were not to be counted anew since.
func (x *index) end(count int) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.counting && x.count == count {
		x.counting = false
		close(x.whole)
	}
}

// state says which count this is, and returns a channel that is closed when all files are
// known.
func (x *index) state() (count int, whole <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.count, x.whole
}
