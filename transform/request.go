package transform

import (
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// Request is what a URL asks for: a plan for an original.
type Request struct {
	Ref  origin.Ref
	Plan Plan

	// Versioned tells whether the URL names a version of the original, so that
	// what it gives will never change.
	Versioned bool

	// Attachment asks for an answer that is saved as a file instead of shown.
	Attachment bool

	// Filename is the name to save it under, as the client gave it; empty for
	// the original's own. The extension is the answer's matter.
	Filename string

	// Meta asks for what is known of the original, as a document, instead of for
	// a picture.
	Meta bool

	// Named tells whether the URL chose all of the plan by names that the
	// operator gave to transformations. False for the zero plan.
	Named bool

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
	// Signed tells whether somebody who has one of the keys made the URL.
	Signed bool

	// Until is when the signature expires; zero for never.
	Until time.Time
}
