package admission

import (
	"hash/maphash"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// shares is how much of a gate one file may have, be it an original or that of a
// layer: half of the slots and half of the queue, unless it was drawn before and has
// never taken too long of late. So a file that keeps its worker at work until
// render_timeout, which nobody knows before, leaves the other half to others, however
// many variants of it are asked for. One that was drawn well, such as a photograph of
// which a page wants ten sizes, may have all.
//
// The lock of the gate is held for all methods but hash.
type shares struct {
	seed    maphash.Seed // keyed, so that no file stands for another one
	running map[uint64]int
	sound   memory // files that were drawn
	slow    memory // files that took too long
}

const (
	// shareOfFile is the part of the gate that one file may have, as a divisor.
	shareOfFile = 2

	// slowFor is for how long a file counts as slow that took too long.
	slowFor = time.Hour
)

func newShares() shares {
	return shares{seed: maphash.MakeSeed(), running: map[uint64]int{}}
}

// hash returns the files of a job.
func (s *shares) hash(job render.Job) []uint64 {
	files := []uint64{maphash.Bytes(s.seed, job.Original)}
	for _, file := range job.Files {
		files = append(files, maphash.Bytes(s.seed, file))
	}
	return files
}

// isFree reports whether a file may have all of the gate.
func (s *shares) isFree(file uint64) bool {
	_, sound := s.sound.at(file)
	if !sound {
		return false
	}
	at, slow := s.slow.at(file)
	return !slow || time.Since(at) > slowFor
}

// exceed reports whether one of the files has its share of so many places already.
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

// learn notes what came of a job.
func (g *Gate) learn(files []uint64, job render.Job, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case err == nil && !job.Inspect: // which decodes no pixel
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
	g.admit() // those may be more now
}

// memory has the files of late. The zero value has none.
type memory struct{ young, old map[uint64]time.Time }

// memorySize is how many files a memory has at least, if there were as many.
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
