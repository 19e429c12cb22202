package sandbox

import (
	"fmt"
	"math"
)

// Report is the result of [Enter]. It can be encoded as JSON.
type Report struct {
	Protections []Protection `json:"protections"`
}

// Protection is something that the process can no longer do.
type Protection struct {
	// Name is privileges, reads, writes, execution, network, processes, kernel
	// or limits.
	Name string `json:"name"`

	// By are the means that enforce it; may be empty.
	By []string `json:"by,omitempty"`

	// Lacks is what remains possible, and why; empty if the protection is
	// complete.
	Lacks string `json:"lacks,omitempty"`
}

// Complete reports whether every protection is in force, by any means: if
// Landlock is too old to restrict TCP, the seccomp filter still refuses
// sockets.
func (r Report) Complete() bool {
	for _, p := range r.Protections {
		if p.Lacks != "" {
			return false
		}
	}
	return len(r.Protections) > 0
}

// means are the means in force, or the reasons why they are not.
type means struct {
	basic       bool // no_new_privs, capabilities, rlimits
	basicLacks  string
	landlock    int // version of its ABI, 0 for none
	landlockWhy string
	seccomp     bool
	seccompWhy  string
}

// Versions of Landlock's ABI that introduced a protection.
const (
	landlockTruncate = 3
	landlockTCP      = 4
	landlockScopes   = 6
)

// report derives the protections from the means.
func (m means) report() Report {
	var basics, limits, landlock, seccomp []string
	if m.basic {
		basics, limits = []string{"no_new_privs", "capabilities"}, []string{"rlimits"}
	}
	if m.landlock > 0 {
		landlock = []string{fmt.Sprintf("Landlock %d", m.landlock)}
	}
	if m.seccomp {
		seccomp = []string{"seccomp"}
	}
	both := append(seccomp, landlock...)
	since := func(version int) []string {
		if m.landlock >= version {
			return both
		}
		return seccomp
	}
	return Report{[]Protection{
		{"privileges", basics, m.basicLacks},
		{"reads", landlock, m.landlockWhy},
		{"writes", both, m.writes()},
		{"execution", both, m.unlessSeccomp(1, "programs in memory, and copies of the process")},
		{"network", since(landlockTCP), m.unlessSeccomp(landlockScopes, "all but plain TCP and abstract sockets")},
		{"processes", since(landlockScopes), m.unlessSeccomp(landlockScopes, "all but signals to others and their memory")},
		{"kernel", seccomp, m.unlessSeccomp(math.MaxInt, "")},
		{"limits", limits, m.basicLacks},
	}}
}

// writes returns what can still be written. Landlock restricts truncation
// since its third version, and never restricted a file's mode, owner and
// times.
func (m means) writes() string {
	if m.landlock < landlockTruncate {
		return m.unlessSeccomp(1, "truncating files, their modes, owners and times")
	}
	return m.unlessSeccomp(1, "files' modes, owners and times")
}

// unlessSeccomp returns what a protection lacks: nothing with seccomp, and
// only rest with this version of Landlock.
func (m means) unlessSeccomp(version int, rest string) string {
	switch {
	case m.seccomp:
		return ""
	case m.landlock >= version:
		return rest + ": " + m.seccompWhy
	}
	return m.seccompWhy
}
