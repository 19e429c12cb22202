package transform

import "github.com/caddy-images/caddy-images/origin"

// Request is what a URL asks for: a plan for an original.
type Request struct {
	Ref  origin.Ref
	Plan Plan

	// Versioned tells whether the URL names a version of the original, so that
	// what it gives will never change.
	Versioned bool
}
