package workers

import (
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// quarantine remembers originals that broke a worker, so that a page full of
// their variants does not cost a worker each.
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

func (q *quarantine) add(original []byte) {
	hash, now := maphash.Bytes(q.seed, original), time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = slices.DeleteFunc(q.list, func(r refusal) bool { return r.hash == hash || now.After(r.till) })
	if len(q.list) == maxRefusals {
		q.list = slices.Delete(q.list, 0, 1)
	}
	q.list = append(q.list, refusal{hash, now.Add(q.lasts)})
	q.held.Store(int64(len(q.list)))
}

// check refuses an original that is in the list.
func (q *quarantine) check(original []byte) error {
	if q.held.Load() == 0 {
		return nil
	}
	hash, now := maphash.Bytes(q.seed, original), time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.list = slices.DeleteFunc(q.list, func(r refusal) bool { return now.After(r.till) })
	q.held.Store(int64(len(q.list)))
	if slices.ContainsFunc(q.list, func(r refusal) bool { return r.hash == hash }) {
		return errors.New(errors.BadImage, "The original broke the image engine a short while ago; it is refused for %s", q.lasts)
	}
	return nil
}
