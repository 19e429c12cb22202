package sandbox

import "golang.org/x/sys/unix"

const (
	architecture = unix.AUDIT_ARCH_AARCH64

	// foreignCalls are none: 32-bit programs have an architecture of their own.
	foreignCalls = 0
)

// This architecture is too young to have older calls.
var (
	olderCalls        []rule
	refusedOlderCalls []int
)
