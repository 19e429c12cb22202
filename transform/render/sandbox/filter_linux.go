//go:build linux && (amd64 || arm64)

package sandbox

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// rule allows a system call, always or if one of its arguments satisfies a
// condition. Calls without a rule are refused.
type rule struct {
	call int
	when condition
}

// condition holds if the argument, masked, is one of the values. The zero
// value always holds.
type condition struct {
	argument int
	mask     uint32 // 0 means all bits
	values   []uint32

	// pointer compares all 64 bits. The kernel uses only 32 bits of an int.
	pointer bool
}

// Results for calls that are not allowed. A call of the wrong architecture
// kills the process: numbers mean other calls there.
const (
	allow   = unix.SECCOMP_RET_ALLOW
	refuse  = unix.SECCOMP_RET_ERRNO | uint32(unix.EPERM)
	unknown = unix.SECCOMP_RET_ERRNO | uint32(unix.ENOSYS)
	kill    = unix.SECCOMP_RET_KILL_PROCESS
)

// Offsets in struct seccomp_data, see seccomp(2).
const (
	offsetCall         = 0
	offsetArchitecture = 4
	offsetArguments    = 16
)

// filter returns the program for a little-endian processor. It kills the
// process for a call of another architecture, allows calls by rules, refuses
// known unwanted calls with EPERM, and answers others with ENOSYS, so that
// libraries fall back to older calls.
func filter(architecture uint32, foreign uint32, rules []rule, refused []int) []unix.SockFilter {
	program := []unix.SockFilter{
		load(offsetArchitecture),
		jump(unix.BPF_JEQ, architecture, 1, 0),
		answer(kill),
		load(offsetCall),
	}
	if foreign != 0 {
		program = append(program, jump(unix.BPF_JGE, foreign, 0, 1), answer(kill))
	}
	for _, r := range rules {
		block := r.when.block()
		program = append(program, jump(unix.BPF_JEQ, uint32(r.call), 0, uint8(len(block))))
		program = append(program, block...)
	}
	for _, call := range refused {
		program = append(program, jump(unix.BPF_JEQ, uint32(call), 0, 1), answer(refuse))
	}
	return append(program, answer(unknown))
}

// block returns the instructions that check an argument.
func (c condition) block() []unix.SockFilter {
	if len(c.values) == 0 {
		return []unix.SockFilter{answer(allow)}
	}
	low := uint32(offsetArguments + 8*c.argument)
	var block []unix.SockFilter
	if c.pointer {
		block = append(block, load(low+4), jump(unix.BPF_JEQ, 0, 1, 0), answer(refuse))
	}
	block = append(block, load(low))
	if c.mask != 0 {
		block = append(block, unix.SockFilter{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: c.mask})
	}
	for _, value := range c.values {
		block = append(block, jump(unix.BPF_JEQ, value, 0, 1), answer(allow))
	}
	return append(block, answer(refuse))
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

// jump skips a number of instructions, depending on a comparison.
func jump(comparison uint16, value uint32, whenTrue, whenFalse uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | comparison | unix.BPF_K, Jt: whenTrue, Jf: whenFalse, K: value}
}

func answer(action uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
}

// install installs the filter on all threads.
func install(program []unix.SockFilter) (thread uintptr, errno error) {
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	// SPEC_ALLOW: before Linux 5.16 a filter disabled speculation in the
	// process. That costs much, and an image could gain little in a process
	// that contains only images.
	const flags = unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_SPEC_ALLOW
	thread, _, err := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if err != 0 {
		return 0, err
	}
	return thread, nil
}
