//go:build !unix

package workers

import (
	"errors"

	"github.com/caddy-images/caddy-images/transform/render"
)

// Pool is an engine that this platform does not support.
type Pool struct{ render.Engine }

var errUnix = errors.New("worker processes need Unix; here images can only be rendered with `isolation off`")

// New returns an error.
func New(Config) (*Pool, error) {
	return nil, errUnix
}

// Start returns an error.
func (*Pool) Start() error { return errUnix }

// Close does nothing.
func (*Pool) Close() {}

// States returns nil.
func (*Pool) States() []State { return nil }

// Refused returns 0.
func (*Pool) Refused() int { return 0 }

// Pardon returns 0.
func (*Pool) Pardon() int { return 0 }

// Stats returns 0.
func (*Pool) Stats() (running, busy int) { return 0, 0 }
