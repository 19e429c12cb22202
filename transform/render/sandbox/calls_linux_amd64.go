package sandbox

import "golang.org/x/sys/unix"

const (
	architecture = unix.AUDIT_ARCH_X86_64

	// foreignCalls is the first call of the x32 ABI, which shares the
	// architecture.
	foreignCalls = 0x40000000
)

// olderCalls are calls that newer architectures do not have.
var olderCalls = []rule{
	{call: unix.SYS_EPOLL_WAIT}, {call: unix.SYS_POLL}, {call: unix.SYS_SELECT}, {call: unix.SYS_DUP2},
	{call: unix.SYS_PIPE}, {call: unix.SYS_EVENTFD}, {call: unix.SYS_EPOLL_CREATE}, {call: unix.SYS_TIME},
	{call: unix.SYS_ARCH_PRCTL}, {call: unix.SYS_GETPGRP},
	{unix.SYS_OPEN, condition{argument: 1, mask: writing, values: []uint32{0}}},
	{call: unix.SYS_STAT}, {call: unix.SYS_LSTAT}, {call: unix.SYS_ACCESS}, {call: unix.SYS_READLINK},
	{call: unix.SYS_GETDENTS},
}

var refusedOlderCalls = []int{
	unix.SYS_FORK, unix.SYS_VFORK,
	unix.SYS_CREAT, unix.SYS_MKDIR, unix.SYS_MKNOD, unix.SYS_UNLINK, unix.SYS_RMDIR, unix.SYS_RENAME, unix.SYS_LINK,
	unix.SYS_SYMLINK, unix.SYS_CHMOD, unix.SYS_CHOWN, unix.SYS_LCHOWN, unix.SYS_UTIME, unix.SYS_UTIMES, unix.SYS_FUTIMESAT,
	unix.SYS_IOPL, unix.SYS_IOPERM, unix.SYS_MODIFY_LDT, unix.SYS_USELIB,
}
