package cache

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// maxRules bounds the purge rules that are remembered one by one. When there are more, the
// older half becomes one rule for everything that is older.
const maxRules = 10_000

// rules are the purges that entries may be older than.
type rules struct {
	mu   sync.RWMutex
	last uint64 // the sequence of the latest rule
	list []Rule // in the order of their sequences

	all      [2]uint64             // hard and soft
	exact    map[ruleKey][2]uint64 // likewise
	prefixes []prefixRule          // few, so that going through them is fast enough
}

type ruleKey struct {
	kind  RuleKind
	value string
}

type prefixRule struct {
	prefix   string
	sequence uint64
	soft     bool
}

// Subject is what purge rules are matched with.
type Subject struct {
	Path string // of the request, decoded, as received; empty if it is not known
	Ref  origin.Ref
	Tags []string
}

// Name is how rules and people name an original: its path without a query, behind its
// server if the URL names one.
func Name(ref origin.Ref) string {
	if ref.Server == "" {
		return "/" + ref.Path
	}
	server := ref.Server
	if bucket, region, ok := strings.Cut(server, "@"); ok && region != "" && strings.HasPrefix(server, origin.BucketServer) {
		server = bucket
	}
	return server + "/" + ref.Path
}

// latest returns the sequence of the rules that have been added.
func (r *rules) latest() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.last
}

// load takes over rules that were kept, as far as they are not known.
func (r *rules) load(kept []Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := make(map[uint64]bool, len(r.list))
	for _, rule := range r.list {
		known[rule.Sequence] = true
	}
	slices.SortFunc(kept, func(a, b Rule) int { return compare(a.Sequence, b.Sequence) })
	for _, rule := range kept {
		if !known[rule.Sequence] {
			r.put(rule)
		}
	}
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// next returns the rule with a sequence that is higher than all before, also than those of
// former processes whose rules were lost.
func (r *rules) next(rule Rule) Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	rule.Time = time.Now()
	rule.Sequence = max(r.last+1, uint64(max(rule.Time.UnixNano(), 0)))
	return rule
}

// add puts a rule into force. It reports whether so many have gathered that they were
// condensed.
func (r *rules) add(rule Rule) (condensed []Rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.put(rule)
	if len(r.list) <= maxRules {
		return nil
	}
	old, kept := r.list[:len(r.list)/2], r.list[len(r.list)/2:]
	all := Rule{Sequence: old[len(old)-1].Sequence, Time: old[len(old)-1].Time, Kind: PurgeAll}
	last := r.last
	kept = append([]Rule{all}, kept...)
	r.list, r.exact, r.prefixes = nil, nil, nil
	for _, rule := range kept {
		r.put(rule)
	}
	r.last = last
	return slices.Clone(r.list)
}

func (r *rules) put(rule Rule) {
	r.last = max(r.last, rule.Sequence)
	soft := 0
	if rule.Soft {
		soft = 1
	}
	switch rule.Kind {
	case PurgeAll:
		r.all[soft] = max(r.all[soft], rule.Sequence)
		if !rule.Soft { // which makes all that are older needless
			r.list, r.exact, r.prefixes = nil, nil, nil
		}
	case PurgePrefix:
		r.prefixes = slices.DeleteFunc(r.prefixes, func(p prefixRule) bool {
			return p.soft == rule.Soft && p.prefix == rule.Value
		})
		r.prefixes = append(r.prefixes, prefixRule{rule.Value, rule.Sequence, rule.Soft})
	default:
		if r.exact == nil {
			r.exact = make(map[ruleKey][2]uint64)
		}
		key := ruleKey{rule.Kind, rule.Value}
		both := r.exact[key]
		both[soft] = max(both[soft], rule.Sequence)
		r.exact[key] = both
	}
	r.list = append(r.list, rule)
}

// match returns the sequences of the latest hard and of the latest soft rule for the
// subject; 0 for none.
func (r *rules) match(s Subject) (hard, soft uint64) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	found := r.all
	if len(r.exact) > 0 {
		look := func(kind RuleKind, value string) {
			both := r.exact[ruleKey{kind, value}]
			found[0], found[1] = max(found[0], both[0]), max(found[1], both[1])
		}
		if s.Path != "" {
			look(PurgePath, s.Path)
		}
		look(PurgeOriginal, Name(s.Ref))
		for _, tag := range s.Tags {
			look(PurgeTag, tag)
		}
	}
	if len(r.prefixes) > 0 {
		name := Name(s.Ref)
		for _, p := range r.prefixes {
			if strings.HasPrefix(name, p.prefix) || s.Path != "" && strings.HasPrefix(s.Path, p.prefix) {
				i := 0
				if p.soft {
					i = 1
				}
				found[i] = max(found[i], p.sequence)
			}
		}
	}
	return found[0], found[1]
}
