// Package cache keeps what was fetched and what was rendered, so that an image is fetched
// once, rendered once, and purged when it must be.
//
// There are two kinds of entries. The record of an original says all that is known of it
// without its bytes, and until when that is fresh. A variant is a rendered image; it is
// filed under its original, and its key has the validators of everything that it was made
// of. So freshness is about originals only: one that has changed makes other keys.
package cache
