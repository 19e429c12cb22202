package sandbox

import (
	"fmt"
	"math"
	"strings"
)

// Report is what [Enter] achieved. It can be sent on as JSON.
type Report struct {
	Protections []Protection `json:"protections"`
}

// Protection is one thing that a process can no longer do.
type Protection struct {
	// Name is privileges, reads, writes, execution, network, processes, kernel
	// or limits.
	Name string `json:"name"`

	// By is what holds it. Empty where nothing does.
	By []string `json:"by,omitempty"`

	// Lacks is what remains possible, and why. Empty where the protection is
	// complete.
	Lacks string `json:"lacks,omitempty"`
}

// Complete reports whether every protection is in force. By which means does
// not matter: a kernel whose Landlock is too old to know TCP has a seccomp
// filter that refuses every socket.
func (r Report) Complete() bool {
	for _, p := range r.Protections {
		if p.Lacks != "" {
			return false
		}
	}
	return len(r.Protections) > 0
}

// String returns a line for a log: what is in force, then what is lacking.
func (r Report) String() string {
	var held, lacking []string
	for _, p := range r.Protections {
		if len(p.By) > 0 {
			held = append(held, fmt.Sprintf("%s (%s)", p.Name, strings.Join(p.By, ", ")))
		}
		if p.Lacks != "" {
			lacking = append(lacking, fmt.Sprintf("%s: %s", p.Name, p.Lacks))
		}
	}
	var parts []string
	if len(held) > 0 {
		parts = append(parts, "in force: "+strings.Join(held, ", "))
	}
	if len(lacking) > 0 {
		parts = append(parts, "lacking: "+strings.Join(lacking, "; "))
	}
	return strings.Join(parts, "; ")
}

// means is which means are in force, or why not.
type means struct {
	basic       bool // no_new_privs, capabilities, rlimits
	basicLacks  string
	landlock    int // version of its ABI, 0 for none
	landlockWhy string
	seccomp     bool
	seccompWhy  string
}

// Versions of Landlock's ABI that brought what a protection needs.
const (
	landlockTruncate = 3
	landlockTCP      = 4
	landlockScopes   = 6
)

// report says what the means amount to.
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

// writes returns what can still be written. Landlock has truncating since its
// third version, and never had a file's mode, owner and times.
func (m means) writes() string {
	if m.landlock < landlockTruncate {
		return m.unlessSeccomp(1, "truncating files, their modes, owners and times")
	}
	return m.unlessSeccomp(1, "files' modes, owners and times")
}

// unlessSeccomp returns what a protection lacks that is complete with
// seccomp, and complete but for the rest with this version of Landlock.
func (m means) unlessSeccomp(version int, rest string) string {
	switch {
	case m.seccomp:
		return ""
	case m.landlock >= version:
		return rest + ": " + m.seccompWhy
	}
	return m.seccompWhy
}
