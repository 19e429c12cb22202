//go:build linux && (amd64 || arm64)

package sandbox

import "golang.org/x/sys/unix"

// Lack has this process live on a kernel, or in a container, that answers a
// system call with an error.
func Lack(call int, errno unix.Errno) error {
	if err := everyThread(unix.PR_SET_NO_NEW_PRIVS, 1); err != nil {
		return err
	}
	_, err := install([]unix.SockFilter{
		load(offsetCall),
		jump(unix.BPF_JEQ, uint32(call), 0, 1),
		answer(unix.SECCOMP_RET_ERRNO | uint32(errno)),
		answer(allow),
	})
	return err
}
