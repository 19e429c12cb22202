package transform

import (
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// Request is the meaning of a URL: a plan for an original.
type Request struct {
	Ref  origin.Ref
	Plan Plan

	// Versioned reports whether the URL names a version of the original, so
	// that its response will never change.
	Versioned bool

	// Attachment asks for a response that is saved as a file instead of
	// shown.
	Attachment bool

	// Filename is the name to save it under, as the client gave it; empty for
	// the original's. The extension depends on the response.
	Filename string

	// Meta asks for a description of the original instead of an image.
	Meta bool

	// Named reports whether the whole plan consists of transformations that
	// the operator named. False for the zero plan.
	Named bool

	// Original reports whether the URL asks for the original byte for byte. A
	// URL without a transformation does not: its response is up to the site.
	Original bool

	// Ignored are unsupported parameters that were ignored.
	Ignored []Ignored

	// Proof is what the URL's signature proves, once checked.
	Proof Proof
}

// Detour is the difference between a URL and the one that names the same
// original by its own path, with everything else in its query.
type Detour struct {
	// Taken are the segments to remove from the path, in order and as
	// received.
	Taken []string

	// Tail is the end of the path, one or more segments as received, that
	// replaces the end of the original's path, Plain. Both are empty if the
	// paths end alike.
	Tail, Plain string

	// Query is the raw query of the other URL.
	Query string
}

// Proof is what a signature proves. The zero value is for an unsigned URL.
type Proof struct {
	// Signed reports whether the URL was signed with one of the keys.
	Signed bool

	// Until is the expiry of the signature; zero for none.
	Until time.Time
}

// Ignored is a parameter that was ignored. Its texts are the dialect's own,
// never client input.
type Ignored struct {
	Name string
	Kind IgnoredKind
	Why  string
}

// IgnoredKind is the subject of an ignored parameter.
type IgnoredKind string

// The kinds.
const (
	IgnoredAI    IgnoredKind = "ai"    // needs an AI service
	IgnoredFocus IgnoredKind = "focus" // needs detection of faces or objects
	IgnoredVideo IgnoredKind = "video" // is about videos
	IgnoredOther IgnoredKind = "other"
)
