package cache

import (
	"context"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// original is the bytes of one, with the hash of these bytes.
type original struct {
	hash uint64
	body []byte
}

// record returns what is known of an original; nil for nothing. about says what it is, for
// purges.
func (s *Store) record(ctx context.Context, id ID, about Subject) *record {
	if r, ok := s.records.GetIfPresent(id); ok {
		return r
	}
	e, _ := s.get(ctx, Key{Original: id}, 0)
	if e == nil {
		return nil
	}
	defer e.Body.Close()
	r, ok := decode(e.Meta, id, e.Sequence)
	if !ok {
		s.removeAll(Key{Original: id})
		return nil
	}
	r.about = about
	s.records.SetIfAbsent(id, r)
	return r
}

// keep keeps a record, in slow tiers too if it isDurable, and its original's bytes if there
// is room for them.
func (s *Store) keep(id ID, r *record, body []byte, isDurable bool) {
	s.records.Set(id, r)
	if body != nil && s.originals != nil {
		s.originals.Set(id, original{r.source.Facts.Hash, body})
	}
	if !isDurable {
		return
	}
	if text, ok := r.encode(); ok {
		s.putRecord(id, text, r.sequence)
	}
}

// putRecord keeps a record in the slow tiers: the fast ones are for variants.
func (s *Store) putRecord(id ID, text []byte, sequence uint64) {
	for _, t := range s.tiers() {
		if t.immediate {
			continue
		}
		s.later(id, int64(len(text)), func(ctx context.Context) {
			if err := t.Put(ctx, Key{Original: id}, text, nil, sequence); err != nil {
				s.failed(t, "put", err)
			}
		})
	}
}

// forget forgets the record of an original, and its bytes.
func (s *Store) forget(id ID) {
	_, had := s.records.Invalidate(id)
	if s.originals != nil {
		s.originals.Invalidate(id)
	}
	if had {
		for _, t := range s.tiers() {
			if !t.immediate {
				s.remove(t, Key{Original: id})
			}
		}
	}
}

// bytes returns the bytes that are kept of a version of an original.
func (s *Store) bytes(id ID, facts *origin.Facts) ([]byte, bool) {
	if s.originals == nil {
		return nil, false
	}
	o, ok := s.originals.GetIfPresent(id)
	if !ok || o.hash != facts.Hash || int64(len(o.body)) != facts.Size {
		return nil, false
	}
	return o.body, true
}

// revalidate asks an origin behind the response, once at a time for each original.
func (s *Store) revalidate(id ID, timeout time.Duration, ask func(ctx context.Context)) {
	if _, running := s.asked.LoadOrStore(id, struct{}{}); running {
		return
	}
	select {
	case s.revalidates <- struct{}{}:
	default: // the next request tries again
		s.asked.Delete(id)
		return
	}
	go func() {
		defer func() {
			<-s.revalidates
			s.asked.Delete(id)
		}()
		ctx, cancel := context.WithTimeout(s.quit, timeout)
		defer cancel()
		ask(ctx)
	}()
}
