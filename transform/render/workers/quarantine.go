package workers

import (
	"encoding/binary"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// quarantine remembers originals that broke a worker, so that a page full of
// their variants does not cost a worker each. Where layers were drawn nobody knows
// which file it was, or whether it was the text; then it remembers just that
// picture with just those layers, lest one bad layer make every picture refused.
type quarantine struct {
	lasts time.Duration
	seed  maphash.Seed // keyed, so that nobody can make a file that stands for another's

	held atomic.Int64 // how many entries there are: with none, nothing is hashed
	mu   sync.Mutex
	list []refusal // the oldest first
}

type refusal struct {
	hash uint64
	till time.Time
}

// maxRefusals bounds the list. Who has more broken originals has another problem.
const maxRefusals = 1000

func newQuarantine(lasts time.Duration) *quarantine {
	return &quarantine{lasts: lasts, seed: maphash.MakeSeed()}
}

// hash is what is remembered of a job.
func (q *quarantine) hash(job render.Job) uint64 {
	if !job.Plan.HasLayers() {
		return maphash.Bytes(q.seed, job.Original)
	}
	var h maphash.Hash
	h.SetSeed(q.seed)
	for _, part := range append(filesOf(job), job.Plan.Key()) {
		_, _ = h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(part))))
		_, _ = h.Write(part)
	}
	return h.Sum64()
}

func (q *quarantine) add(job render.Job) {
	hash, now := q.hash(job), time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = slices.DeleteFunc(q.list, func(r refusal) bool { return r.hash == hash || now.After(r.till) })
	if len(q.list) == maxRefusals {
		q.list = slices.Delete(q.list, 0, 1)
	}
	q.list = append(q.list, refusal{hash, now.Add(q.lasts)})
	q.held.Store(int64(len(q.list)))
}

// size is how many refusals there are.
func (q *quarantine) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	return len(q.list)
}

// clear forgets all, and returns how many that were.
func (q *quarantine) clear() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	n := len(q.list)
	q.list = nil
	q.held.Store(0)
	return n
}

// expire forgets what is over. The lock is held.
func (q *quarantine) expire() {
	now := time.Now()
	q.list = slices.DeleteFunc(q.list, func(r refusal) bool { return now.After(r.till) })
	q.held.Store(int64(len(q.list)))
}

// check refuses a job that is in the list.
func (q *quarantine) check(job render.Job) error {
	if q.held.Load() == 0 {
		return nil
	}
	hash := q.hash(job)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.expire()
	if slices.ContainsFunc(q.list, func(r refusal) bool { return r.hash == hash }) {
		return errors.New(errors.BadImage, "The original broke the image engine a short while ago; it is refused for %s", q.lasts)
	}
	return nil
}
