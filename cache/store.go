package cache

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/maypok86/otter/v2"
	"go.uber.org/zap"
)

const (
	// maxWrites and maxWriteBytes bound what waits to be written to slow tiers.
	maxWrites     = 1024
	maxWriteBytes = 64 << 20

	writers = 2 // goroutines that write

	// maxRevalidations bounds the requests to origins that no client waits for.
	maxRevalidations = 64

	// tierTimeout bounds what a tier is waited for behind the response.
	tierTimeout = 30 * time.Second
)

// Store keeps records and variants in tiers, and knows what was purged. It is safe for
// concurrent use. A store belongs to all handlers with equal settings, across reloads.
type Store struct {
	log    *zap.Logger
	count  Counters
	guests []Guest

	starting sync.Mutex
	opened   atomic.Pointer[[]namedTier] // nil until Start
	ledger   Ledger                      // nil if no tier keeps rules; set by Start
	rules    rules

	purging sync.Mutex // so that rules are kept in the order of their sequences

	records   *otter.Cache[ID, *record]
	originals *otter.Cache[ID, original] // nil if bytes are not kept

	writes      [writers]chan write // by original, so that what is done with an entry is done in order
	writeBytes  atomic.Int64
	dropped     atomic.Int64
	revalidates chan struct{} // a place for each
	asked       sync.Map      // ID -> struct{}: of what is being revalidated

	quit    context.Context // until the store is closed
	stop    context.CancelFunc
	closing chan struct{}
	done    sync.WaitGroup
}

type namedTier struct {
	Tier
	name      string
	immediate bool
}

// Immediate is implemented by tiers that take no time: what is put there is there when the
// response is sent.
type Immediate interface{ Immediate() }

// Counters are told what happens in a store; for metrics. Its methods take no time.
type Counters interface {
	// Lookup counts a search: kind is "original" or "variant", result "hit", "miss",
	// "stale" or "revalidated", and tier where it was found, or empty.
	Lookup(kind, result, tier string)

	// TierError counts what a tier could not do: op is "get", "put", "delete" or "rules".
	TierError(tier, op string)

	// Dropped counts an entry that was not written to a slow tier.
	Dropped()
}

// Config is what a store is made of.
type Config struct {
	// Guests are the tiers, asked in this order, the fastest first.
	Guests []Guest

	// Records bounds the memory of records, and Originals that of the bytes of
	// originals, which are not kept if it is 0.
	Records, Originals int64

	Log   *zap.Logger
	Count Counters
}

// New returns a store that keeps nothing until Start was called.
func New(c Config) (*Store, error) {
	s := &Store{guests: c.Guests, log: c.Log, count: c.Count, closing: make(chan struct{}), revalidates: make(chan struct{}, maxRevalidations)}
	var err error
	s.records, err = otter.New(&otter.Options[ID, *record]{
		MaximumWeight: uint64(c.Records),
		Weigher:       func(_ ID, r *record) uint32 { return r.weight() },
	})
	if err != nil {
		return nil, fmt.Errorf("making room for records: %w", err)
	}
	if c.Originals > 0 {
		s.originals, err = otter.New(&otter.Options[ID, original]{
			MaximumWeight: uint64(c.Originals),
			Weigher:       func(_ ID, o original) uint32 { return uint32(min(len(o.body)+100, 1<<32-1)) },
		})
		if err != nil {
			return nil, fmt.Errorf("making room for originals: %w", err)
		}
	}
	s.quit, s.stop = context.WithCancel(context.Background())
	for i := range s.writes {
		s.writes[i] = make(chan write, maxWrites/writers)
		s.done.Go(func() { s.write(s.writes[i]) })
	}
	return s, nil
}

// Start opens the tiers. If the purge rules of a former process cannot be read, everything
// that it left counts as purged. Once it has succeeded, Start does nothing.
func (s *Store) Start() error {
	s.starting.Lock()
	defer s.starting.Unlock()
	if s.opened.Load() != nil {
		return nil
	}
	var tiers []namedTier
	for _, g := range s.guests {
		t, err := g.Open(s.log)
		if err != nil {
			for _, opened := range tiers {
				_ = opened.Close()
			}
			return err
		}
		_, immediate := t.(Immediate)
		tiers = append(tiers, namedTier{t, t.Usage().Name, immediate})
		if l, ok := t.(Ledger); ok && s.ledger == nil {
			s.ledger = l
			s.loadRules(t.Usage().Name)
		}
	}
	s.opened.Store(&tiers)
	return nil
}

// tiers are those that are open.
func (s *Store) tiers() []namedTier {
	if opened := s.opened.Load(); opened != nil {
		return *opened
	}
	return nil
}

func (s *Store) loadRules(tier string) {
	ctx, cancel := context.WithTimeout(s.quit, tierTimeout)
	defer cancel()
	kept, err := s.ledger.Rules(ctx)
	if err != nil {
		s.count.TierError(tier, "rules")
		s.log.Error("The purges of former processes cannot be read, so all that they left in the cache is purged", zap.String("tier", tier), zap.Error(err))
		kept = []Rule{s.rules.next(Rule{Kind: PurgeAll})}
		if err := s.ledger.Replace(ctx, kept); err != nil { // or the next process would purge all again
			s.count.TierError(tier, "rules")
		}
	}
	s.rules.load(kept)
}

// Close ends what runs for the store, after what waits was written.
func (s *Store) Close() error {
	close(s.closing)
	s.done.Wait()
	s.stop()
	var first error
	for _, t := range s.tiers() {
		if err := t.Close(); err != nil && first == nil {
			first = fmt.Errorf("closing the cache tier %s: %w", t.name, err)
		}
	}
	s.records.StopAllGoroutines()
	if s.originals != nil {
		s.originals.StopAllGoroutines()
	}
	return first
}

// Destruct implements caddy.Destructor.
func (s *Store) Destruct() error { return s.Close() }

// Usage is what each tier holds, and what waits to be written.
func (s *Store) Usage() (tiers []Usage, waiting int, dropped int64) {
	tiers = append(tiers, Usage{Name: "records", Entries: int64(s.records.EstimatedSize()), Bytes: int64(s.records.WeightedSize()), Limit: int64(s.records.GetMaximum())})
	if s.originals != nil {
		tiers = append(tiers, Usage{Name: "originals", Entries: int64(s.originals.EstimatedSize()), Bytes: int64(s.originals.WeightedSize()), Limit: int64(s.originals.GetMaximum())})
	}
	for _, t := range s.tiers() {
		tiers = append(tiers, t.Usage())
	}
	for _, queue := range s.writes {
		waiting += len(queue)
	}
	return tiers, waiting, s.dropped.Load()
}

// Sequence returns that of the latest purge: what begins now is not older.
func (s *Store) Sequence() uint64 { return s.rules.latest() }

// Required returns the sequence that what is made of the subject must not be older than.
func (s *Store) Required(subject Subject) uint64 {
	hard, _ := s.rules.match(subject)
	return hard
}

// write is something to do with the slow tiers.
type write struct {
	bytes int64
	do    func(ctx context.Context)
}

// later does something with an original behind the response, after all that was to be done
// with it before. If too much waits already, it is dropped.
func (s *Store) later(about ID, bytes int64, do func(ctx context.Context)) {
	if s.writeBytes.Add(bytes) > maxWriteBytes {
		s.writeBytes.Add(-bytes)
		s.drop()
		return
	}
	select {
	case s.writes[int(about[0])%writers] <- write{bytes, do}:
	default:
		s.writeBytes.Add(-bytes)
		s.drop()
	}
}

func (s *Store) drop() {
	s.dropped.Add(1)
	s.count.Dropped()
}

// write writes until the store is closed, and then what waits.
func (s *Store) write(queue chan write) {
	do := func(w write) {
		ctx, cancel := context.WithTimeout(s.quit, tierTimeout)
		defer cancel()
		w.do(ctx)
		s.writeBytes.Add(-w.bytes)
	}
	for {
		select {
		case w := <-queue:
			do(w)
			continue
		case <-s.closing:
		}
		for {
			select {
			case w := <-queue:
				do(w)
			default:
				return
			}
		}
	}
}

// put keeps an entry in the tiers.
func (s *Store) put(key Key, meta, body []byte, sequence uint64) {
	for _, t := range s.tiers() {
		do := func(ctx context.Context) {
			if err := t.Put(ctx, key, meta, body, sequence); err != nil {
				s.failed(t, "put", err)
			}
		}
		if t.immediate {
			do(s.quit)
		} else {
			s.later(key.Original, int64(len(meta)+len(body)), do)
		}
	}
}

// get finds an entry that is not older than the sequence, and says where. Who gets one
// closes its body.
func (s *Store) get(ctx context.Context, key Key, required uint64) (*Entry, string) {
	for i, t := range s.tiers() {
		e, err := t.Get(ctx, key)
		if err != nil {
			s.failed(t, "get", err)
		}
		if err != nil || e == nil {
			continue
		}
		if e.Sequence < required {
			_ = e.Body.Close()
			s.remove(t, key)
			continue
		}
		if e.Sequence > s.rules.latest() {
			// It was kept after a purge that is not known here.
			_ = e.Body.Close()
			s.relearn(ctx)
			continue
		}
		if i > 0 {
			s.promote(i, key, e)
		}
		return e, t.name
	}
	return nil, ""
}

// promote puts what was found in a slow tier into the faster ones, if one has room for that
// size: a tier keeps nothing that takes more than a quarter of its limit.
func (s *Store) promote(from int, key Key, found *Entry) {
	size := found.Body.Size()
	hasRoom := func(t namedTier) bool {
		limit := t.Usage().Limit
		return limit == 0 || size <= limit/4
	}
	faster := s.tiers()[:from]
	if !slices.ContainsFunc(faster, hasRoom) {
		return
	}
	put := func(ctx context.Context, e *Entry, body []byte) {
		for _, t := range faster {
			if err := t.Put(ctx, key, e.Meta, body, e.Sequence); err != nil {
				s.failed(t, "put", err)
			}
		}
	}
	if b, ok := found.Body.(inMemory); ok {
		s.later(key.Original, size, func(ctx context.Context) { put(ctx, found, b.content) })
		return
	}
	s.later(key.Original, 0, func(ctx context.Context) { // found.Body belongs to the request
		e, err := s.tiers()[from].Get(ctx, key)
		if err != nil || e == nil {
			return
		}
		defer e.Body.Close()
		body := make([]byte, e.Body.Size())
		if _, err := io.ReadFull(e.Body, body); err != nil {
			s.failed(s.tiers()[from], "get", err)
			return
		}
		put(ctx, e, body)
	})
}

func (s *Store) remove(t namedTier, key Key) {
	do := func(ctx context.Context) {
		if err := t.Delete(ctx, key); err != nil {
			s.failed(t, "delete", err)
		}
	}
	if t.immediate {
		do(s.quit)
	} else {
		s.later(key.Original, 0, do)
	}
}

// removeAll removes an entry, or all of an original, from all tiers.
func (s *Store) removeAll(key Key) {
	for _, t := range s.tiers() {
		s.remove(t, key)
	}
}

// failed counts what a tier could not do. The tier logs once what is wrong.
func (s *Store) failed(t namedTier, op string, err error) {
	s.count.TierError(t.name, op)
	if c := s.log.Check(zap.DebugLevel, "A tier of the cache failed"); c != nil {
		c.Write(zap.String("tier", t.name), zap.String("op", op), zap.Error(err))
	}
}
