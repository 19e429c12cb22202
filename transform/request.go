package transform

import (
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// Request is what a URL asks for: a plan for an original.
type Request struct {
	Ref  origin.Ref
	Plan Plan

	// Versioned reports whether the URL names a version of the original, so
	// that what it gives will never change.
	Versioned bool

	// Attachment asks for an answer that is saved as a file instead of shown.
	Attachment bool

	// Filename is the name to save it under, as the client gave it; empty for
	// the original's own. The extension is the answer's matter.
	Filename string

	// Meta asks for what is known of the original, as a document, instead of
	// for an image.
	Meta bool

	// Named reports whether the URL chose all of the plan by names that the
	// operator gave to transformations. False for the zero plan.
	Named bool

	// Original reports whether the URL asks for the original as it is, byte for byte. A
	// URL that asks for nothing does not: what it gives is the site's choice.
	Original bool

	// Ignored are parameters of the URL that were left out since they are not supported.
	Ignored []Ignored

	// Proof is what the URL's signature proves, once it was checked.
	Proof Proof
}

// Detour is how a URL differs from the one that names the same original by its
// own path and has everything else in its query.
type Detour struct {
	// Taken are the segments, in their order and as they are, without which the
	// path is the original's own.
	Taken []string

	// Tail is what the path ends in, one segment or several, as they are, where
	// the original's own ends in Plain. Both are empty where the paths end alike.
	Tail, Plain string

	// Query is the query of the other URL, raw.
	Query string
}

// Proof is what a signature in a URL proves. The zero value is that of a URL
// without one.
type Proof struct {
	// Signed reports whether somebody who has one of the keys made the URL.
	Signed bool

	// Until is when the signature expires; zero for never.
	Until time.Time
}

// Ignored is a parameter that was left out. All that it says is the dialect's own words,
// and nothing the client's.
type Ignored struct {
	Name string
	Kind IgnoredKind
	Why  string
}

// IgnoredKind is what a parameter is about that was left out.
type IgnoredKind string

// The kinds.
const (
	IgnoredAI    IgnoredKind = "ai"    // it needs an AI service
	IgnoredFocus IgnoredKind = "focus" // it looks for faces or objects
	IgnoredVideo IgnoredKind = "video" // it is about a video
	IgnoredOther IgnoredKind = "other"
)
