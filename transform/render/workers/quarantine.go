//go:build unix

package workers

import (
	"encoding/binary"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// quarantine remembers files that broke a worker or wasted its time, so that
// a page full of their variants does not cost a worker each.
//
// A file is refused once it broke a worker, or cost twice the time that an
// image may take: by two timeouts, or by more jobs that were given up
// earlier. All requests for it are then refused, each time for twice as long.
// It is forgotten after a while without incidents.
//
// A file that was drawn well since it first took too long is not the cause by
// itself: the transformations are. It is not refused but leashed: every job
// has only a short time. If it is not drawn within that, it is refused.
//
// If layers were drawn, any of the files, or the text, could be the cause.
// Then only that image with those layers is refused, and its files are
// suspects: each is drawn alone, see trial.go, before it is part of another
// image with layers.
//
// Files are identified by their bytes. If those keep changing, their source
// is refused, see sources.go.
type quarantine struct {
	lasts time.Duration
	seed  maphash.Seed // keyed, so that collisions cannot be constructed

	held    atomic.Int64 // number of suspects and sources: if 0, nothing is hashed
	mu      sync.Mutex
	files   map[uint64]*suspect
	sources map[string]*source
}

// suspect is a file, or an image with its layers, with incidents.
type suspect struct {
	cost    float64 // in units of render_timeout
	crashed bool    // it broke a worker
	proven  bool    // it was drawn well since its last incident
	leashed bool
	trial   bool // it must be drawn alone before it is drawn with others
	refusal
}

// refusal is the period of a refusal, and the number of refusals.
type refusal struct {
	times int
	till  time.Time
	last  time.Time // last incident
}

const (
	// maxSuspects limits each list. More broken originals are another
	// problem.
	maxSuspects = 1000

	// tooMuch is the cost at which a file is refused.
	tooMuch = 2

	// longest limits the length of a refusal, and the time after which it is
	// forgotten, as multiples of the first refusal.
	longest = 12

	// leash is the time of a job with a leashed file.
	leash = time.Second
)

func newQuarantine(lasts time.Duration) *quarantine {
	return &quarantine{lasts: lasts, seed: maphash.MakeSeed(), files: map[uint64]*suspect{}, sources: map[string]*source{}}
}

// refuse starts a refusal, twice as long as the previous one.
func (r *refusal) refuse(lasts time.Duration) {
	most := longest * lasts
	if lasts <<= min(r.times, 10); lasts > most {
		lasts = most
	}
	r.times++
	r.last = time.Now()
	r.till = r.last.Add(lasts)
}

func (r *refusal) holds(now time.Time) bool { return now.Before(r.till) }

// isOver reports whether the last incident was so long ago that it can be
// forgotten.
func (r *refusal) isOver(now time.Time, lasts time.Duration) bool {
	return !r.holds(now) && now.Sub(r.last) > longest*lasts && now.Sub(r.till) > longest*lasts
}

// hash returns the hash of one file, whole that of a job with layers.
func (q *quarantine) hash(file []byte) uint64 { return maphash.Bytes(q.seed, file) }

func (q *quarantine) whole(job render.Job) uint64 {
	if !job.Plan.HasLayers() {
		return q.hash(job.Original)
	}
	var h maphash.Hash
	h.SetSeed(q.seed)
	for _, part := range append(filesOf(job), job.Plan.Key()) {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		_, _ = h.Write(part)
	}
	return h.Sum64()
}

// broke records that a job broke a worker.
func (q *quarantine) broke(job render.Job) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.suspect(q.whole(job))
	s.crashed, s.proven, s.leashed = true, false, false
	s.refuse(q.lasts)
	q.blame(job)
}

// cost records that a job wasted a worker's time, at least this share of its
// limit.
func (q *quarantine) cost(job render.Job, share float64) {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.suspect(q.whole(job))
	s.cost += min(share, 1)
	s.last = time.Now()
	if share >= 1 {
		q.blame(job)
	}
	switch {
	case s.cost < tooMuch:
	case s.proven:
		s.leashed, s.proven = true, false
	default:
		s.leashed = false
		s.cost = tooMuch - 1 // one more suffices after the refusal
		s.refuse(q.lasts)
	}
}

// blame records a job against the source of its original, or makes its files
// suspects if it has layers. The lock is held.
func (q *quarantine) blame(job render.Job) {
	if !job.Plan.HasLayers() {
		q.blameSource(job)
		q.count()
		return
	}
	for _, part := range partsOf(job) {
		q.suspect(q.hash(part.Original)).trial = true
	}
	q.count()
}

// drew records that a job was done.
func (q *quarantine) drew(job render.Job) {
	if q.held.Load() == 0 || job.Inspect {
		return
	}
	hash := q.whole(job)
	q.mu.Lock()
	defer q.mu.Unlock()
	if s := q.files[hash]; s != nil {
		s.proven, s.trial = true, false
	}
}

// acquit records that a suspect was drawn alone without an incident.
func (q *quarantine) acquit(file []byte) {
	hash := q.hash(file)
	q.mu.Lock()
	defer q.mu.Unlock()
	if s := q.files[hash]; s != nil {
		s.trial = false
	}
}

// suspect returns the suspect with the hash, or a new one. The lock is held.
func (q *quarantine) suspect(hash uint64) *suspect {
	q.expire()
	s := q.files[hash]
	if s == nil {
		if len(q.files) >= maxSuspects {
			oldest, at := hash, time.Time{}
			for h, s := range q.files {
				if at.IsZero() || s.last.Before(at) {
					oldest, at = h, s.last
				}
			}
			delete(q.files, oldest)
		}
		s = &suspect{refusal: refusal{last: time.Now()}}
		q.files[hash] = s
		q.count()
	}
	return s
}

// count updates held. The lock is held.
func (q *quarantine) count() { q.held.Store(int64(len(q.files) + len(q.sources))) }

// expire forgets what is over. The lock is held.
func (q *quarantine) expire() {
	now := time.Now()
	for hash, s := range q.files {
		if s.isOver(now, q.lasts) {
			delete(q.files, hash)
		}
	}
	for name, s := range q.sources {
		if s.isOver(now, q.lasts) {
			delete(q.sources, name)
		}
	}
	q.count()
}

// size returns the number of files, images with layers, and sources that are
// refused.
func (q *quarantine) size() (n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	now := time.Now()
	for _, s := range q.files {
		if s.holds(now) {
			n++
		}
	}
	for _, s := range q.sources {
		if s.holds(now) {
			n++
		}
	}
	return n
}

// clear forgets everything, and returns the number of refused entries.
func (q *quarantine) clear() int {
	n := q.size()
	q.mu.Lock()
	defer q.mu.Unlock()
	clear(q.files)
	clear(q.sources)
	q.count()
	return n
}

// verdict restricts a job that is not refused.
type verdict struct {
	leashed bool         // its time is leash
	trials  []render.Job // to be done before it
}

// check refuses a job with anything in quarantine.
func (q *quarantine) check(job render.Job) (v verdict, err error) {
	if q.held.Load() == 0 {
		return v, nil
	}
	whole := q.whole(job)
	var parts []render.Job
	var hashes []uint64
	if job.Plan.HasLayers() {
		parts = partsOf(job)
		for _, part := range parts {
			hashes = append(hashes, q.hash(part.Original))
		}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	now := time.Now()
	if s := q.files[whole]; s != nil {
		if s.holds(now) {
			return v, s.error(q.lasts, "original")
		}
		v.leashed = s.leashed
	}
	for i, hash := range hashes {
		s := q.files[hash]
		switch {
		case s == nil:
		case s.holds(now):
			name := "original"
			if i > 0 {
				name = "image of a layer"
			}
			return v, s.error(q.lasts, name)
		case s.trial:
			v.trials = append(v.trials, parts[i])
		default:
			v.leashed = v.leashed || s.leashed
		}
	}
	return v, q.checkSource(job, now)
}

// error returns the reason why a file is refused.
func (s *suspect) error(lasts time.Duration, name string) error {
	lasts = min(lasts<<min(s.times-1, 10), longest*lasts)
	if s.crashed {
		return errors.New(errors.BadImage, "The %s broke the image engine a short while ago; it is refused for %s", name, lasts)
	}
	return errors.New(errors.Limit, "The %s took longer than render_timeout, or was given up, too often of late; it is refused for %s", name, lasts)
}
