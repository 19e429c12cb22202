package cache

import "time"

// Rule is a purge: what matches it and began before it is not used any more.
type Rule struct {
	// Sequence orders rules and entries: an entry with a lower Sequence is older. It is
	// at least 1.
	Sequence uint64    `json:"sequence"`
	Time     time.Time `json:"time"` // for people; it decides nothing

	Kind RuleKind `json:"kind"`

	// Value is what has to match: a received path, an original, a prefix of one, or a
	// tag; empty for all.
	Value string `json:"value,omitempty"`

	// Soft says that what is stale may be served once more while it is revalidated.
	Soft bool `json:"soft,omitempty"`
}

// RuleKind says what the Value of a Rule is.
type RuleKind string

// The kinds of rules.
const (
	PurgeAll      RuleKind = "all"
	PurgePath     RuleKind = "path"     // the decoded path of requests, as received
	PurgeOriginal RuleKind = "original" // a Ref without its query
	PurgePrefix   RuleKind = "prefix"   // of Refs
	PurgeTag      RuleKind = "tag"
)
