// Package placed finds the line of a Caddyfile error that shows only once a
// whole block is read. Caddy's JSON has no positions, so checks that need no
// placeholders run while the Caddyfile is read, too.
package placed

import (
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// Block is a block of options that is being read into a T.
type Block[T any] struct {
	begin  caddyfile.Dispenser
	states []state[T]
}

// state is the T after an option.
type state[T any] struct {
	option caddyfile.Dispenser
	sofar  T
}

// Begin begins a block at the token that d is at.
func Begin[T any](d *caddyfile.Dispenser) *Block[T] { return &Block[T]{begin: *d} }

// At returns the place that d is at, for Read.
func At(d *caddyfile.Dispenser) caddyfile.Dispenser { return *d }

// Read records the T after the option at a place. sofar must not change any
// more.
func (b *Block[T]) Read(option caddyfile.Dispenser, sofar T) {
	b.states = append(b.states, state[T]{option, sofar})
}

// Check reports an error of the whole block at the option that causes it: the
// first one after which check returns the same error. An error that no option
// causes, such as a missing option, is reported at the beginning of the
// block.
func (b *Block[T]) Check(whole T, check func(T) error) error {
	err := check(whole)
	if err == nil {
		return nil
	}
	before := check(*new(T))
	for _, s := range b.states {
		if found := check(s.sofar); found != nil && found.Error() == err.Error() && (before == nil || before.Error() != err.Error()) {
			return s.option.Errf("%v", err)
		}
	}
	return b.begin.Errf("%v", err)
}

// Known returns a value, or a valid substitute if it has placeholders, which
// are not known yet.
func Known(value, right string) string {
	if strings.Contains(value, "{") {
		return right
	}
	return value
}

// AllKnown is Known for several values.
func AllKnown(values []string, right string) []string {
	var known []string
	for _, value := range values {
		known = append(known, Known(value, right))
	}
	return known
}
