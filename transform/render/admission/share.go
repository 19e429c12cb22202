package admission

import (
	"hash/maphash"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// shares limits how much of a gate one file may use, be it an original or a
// layer's: half of the slots and half of the queue, unless it was drawn
// before and never took too long recently. So a file that keeps workers busy
// until render_timeout leaves the other half to others, however many variants
// of it are requested. A file that was drawn well, such as a photograph that
// a page shows in ten sizes, may use the whole gate.
//
// The lock of the gate is held for all methods except hash.
type shares struct {
	seed    maphash.Seed // keyed, so that collisions cannot be constructed
	running map[uint64]int
	sound   memory // files that were drawn
	slow    memory // files that took too long
}

const (
	// shareOfFile is the part of the gate for one file, as a divisor.
	shareOfFile = 2

	// slowFor is how long a file that took too long counts as slow.
	slowFor = time.Hour
)

func newShares() shares {
	return shares{seed: maphash.MakeSeed(), running: map[uint64]int{}}
}

// hash returns the hashes of a job's files.
func (s *shares) hash(job render.Job) []uint64 {
	files := []uint64{maphash.Bytes(s.seed, job.Original)}
	for _, file := range job.Files {
		files = append(files, maphash.Bytes(s.seed, file))
	}
	return files
}

// isFree reports whether a file may use the whole gate.
func (s *shares) isFree(file uint64) bool {
	_, sound := s.sound.at(file)
	if !sound {
		return false
	}
	at, slow := s.slow.at(file)
	return !slow || time.Since(at) > slowFor
}

// exceed reports whether one of the files has used up its share of the
// places.
func (s *shares) exceed(files []uint64, places int, has func(file uint64) int) bool {
	for _, file := range files {
		if has(file) >= max(1, places/shareOfFile) && !s.isFree(file) {
			return true
		}
	}
	return false
}

func (s *shares) enter(files []uint64) {
	for _, file := range files {
		s.running[file]++
	}
}

func (s *shares) leave(files []uint64) {
	for _, file := range files {
		if s.running[file]--; s.running[file] == 0 {
			delete(s.running, file)
		}
	}
}

// learn records the outcome of a job.
func (g *Gate) learn(files []uint64, job render.Job, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil && !job.Inspect: // inspecting decodes no pixels
		for _, file := range files {
			g.shares.sound.add(file)
		}
	case errors.Is(err, errors.RenderTimeout):
		for _, file := range files {
			g.shares.slow.add(file)
		}
	default:
		return
	}
	g.admit() // more may fit now
}

// memory remembers recent files. The zero value is empty.
type memory struct{ young, old map[uint64]time.Time }

// memorySize is the minimum number of files that are remembered.
const memorySize = 10_000

func (m *memory) add(file uint64) {
	if m.young == nil || len(m.young) >= memorySize {
		m.young, m.old = make(map[uint64]time.Time), m.young
	}
	m.young[file] = time.Now()
}

func (m *memory) at(file uint64) (time.Time, bool) {
	if at, ok := m.young[file]; ok {
		return at, true
	}
	at, ok := m.old[file]
	return at, ok
}
