// Package placed says where in a Caddyfile something is wrong that is known only when a
// whole block has been read. Caddy's JSON has no positions any more, so what can be
// checked without resolving placeholders is checked while the Caddyfile is read, too.
package placed

import (
	"strings"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// Block is a block of options that is being read, whose options so far come to a T.
type Block[T any] struct {
	begin  caddyfile.Dispenser
	states []state[T]
}

// state is what a block comes to up to an option.
type state[T any] struct {
	option caddyfile.Dispenser
	sofar  T
}

// Begin begins a block at the token that d is at.
func Begin[T any](d *caddyfile.Dispenser) *Block[T] { return &Block[T]{begin: *d} }

// At returns the place that d is at, for Read.
func At(d *caddyfile.Dispenser) caddyfile.Dispenser { return *d }

// Read notes what the block comes to with the option that stands at a place. sofar must
// not change any more.
func (b *Block[T]) Read(option caddyfile.Dispenser, sofar T) {
	b.states = append(b.states, state[T]{option, sofar})
}

// Check is what is wrong with the whole block, at the option that makes it so: the first
// one with which just this is wrong. What no option makes so, such as that one is
// missing, is wrong where the block begins.
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

// Known returns a value, or instead of one with placeholders, which is not
// known yet, another that is right.
func Known(value, right string) string {
	if strings.Contains(value, "{") {
		return right
	}
	return value
}

// AllKnown is Known for several.
func AllKnown(values []string, right string) []string {
	var known []string
	for _, value := range values {
		known = append(known, Known(value, right))
	}
	return known
}
