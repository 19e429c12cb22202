package cache

import (
	"context"
	"fmt"

	"go.uber.org/zap"
)

// Purged is what a purge did.
type Purged struct {
	Originals int // that are known in memory and match
	Variants  int // of these, in tiers that can tell
}

// Counting is implemented by tiers that can tell how many variants they have of an
// original without asking anyone.
type Counting interface{ Count(original ID) int }

// Purge has nothing used any more that matches the rule and began before it; what a soft
// rule matches may be used once more while it is revalidated. The Sequence and the Time of
// the rule are set here. When Purge returns without an error, the rule survives a crash,
// where a tier keeps anything that long. The rule is in force also after an error.
func (s *Store) Purge(ctx context.Context, rule Rule) (Purged, error) {
	s.purging.Lock()
	defer s.purging.Unlock()
	rule = s.rules.next(rule)
	var err error
	if s.ledger != nil {
		if err = s.ledger.Append(ctx, rule); err != nil {
			err = fmt.Errorf("keeping the purge: %w", err)
		}
	}
	if condensed := s.rules.add(rule); condensed != nil && s.ledger != nil {
		if failure := s.ledger.Replace(ctx, condensed); failure != nil {
			s.log.Warn("The purges that are kept could not be condensed", zap.Error(failure))
		}
	}
	return s.sweep(rule), err
}

// relearn takes over the rules of another store with the same ledger. If there is none to
// explain an entry that is newer than all rules, rules were lost, and since it cannot be
// known what they forbade, everything is purged.
func (s *Store) relearn(ctx context.Context) {
	before := s.rules.latest()
	if s.ledger != nil {
		s.purging.Lock()
		kept, err := s.ledger.Rules(ctx)
		s.purging.Unlock()
		if err == nil {
			s.rules.load(kept)
		}
	}
	if s.rules.latest() > before {
		return
	}
	s.log.Error("Purges of former processes are lost, so all that they left in the cache is purged")
	if _, err := s.Purge(ctx, Rule{Kind: PurgeAll}); err != nil {
		s.log.Warn("The purge may not survive a restart", zap.Error(err))
	}
}

// sweep removes what the rule matches, as far as that is known: the rest is not used, and
// goes when it is met or when room is needed.
func (s *Store) sweep(rule Rule) Purged {
	var p Purged
	matching := rules{}
	matching.put(rule)
	for id, r := range s.records.All() {
		hard, soft := matching.match(r.subject())
		if hard == 0 && soft == 0 {
			continue
		}
		p.Originals++
		for _, t := range s.tiers() {
			if counting, ok := t.Tier.(Counting); ok {
				p.Variants += counting.Count(id)
			}
		}
		if hard > 0 && rule.Kind != PurgeAll {
			s.forget(id)
			s.removeAll(Key{Original: id})
		}
	}
	if rule.Kind == PurgeAll && !rule.Soft {
		s.records.InvalidateAll()
		if s.originals != nil {
			s.originals.InvalidateAll()
		}
		for _, t := range s.tiers() {
			do := func(ctx context.Context) {
				if err := t.DeleteAll(ctx, rule.Sequence); err != nil {
					s.failed(t, "delete", err)
				}
			}
			if t.immediate {
				do(s.quit)
			} else {
				s.later(ID{}, 0, do)
			}
		}
	}
	return p
}
