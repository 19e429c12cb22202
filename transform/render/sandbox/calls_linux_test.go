//go:build linux && (amd64 || arm64)

package sandbox

import (
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// The first rule about a call decides, so a second one would be a belief.
func TestEachCallIsInOneTable(t *testing.T) {
	seen := map[int]bool{}
	once := func(call int) {
		if seen[call] {
			t.Errorf("call %d is in the tables twice", call)
		}
		seen[call] = true
	}
	rules := slices.Concat(calls(1), olderCalls)
	for _, r := range rules {
		once(r.call)
	}
	refused := slices.Concat(refusedCalls, refusedOlderCalls)
	for _, call := range refused {
		once(call)
	}
	if program := filter(architecture, foreignCalls, rules, refused); len(program) > unix.BPF_MAXINSNS {
		t.Errorf("%d instructions", len(program))
	}
}
