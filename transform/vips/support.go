//go:build cgo

package vips

import "github.com/caddy-images/caddy-images/transform/sniff"

// CanLoad reports whether this build of libvips has a loader for the format.
// A HEIF may still need a missing codec.
func CanLoad(format sniff.Format) bool {
	l, ok := loaders[format]
	return ok && HasOperation(l.operation)
}
