package sandbox

import "golang.org/x/sys/unix"

const (
	architecture = unix.AUDIT_ARCH_AARCH64

	// foreignCalls is unused: 32-bit programs have a different architecture.
	foreignCalls = 0
)

// This architecture has no older calls.
var (
	olderCalls        []rule
	refusedOlderCalls []int
)
