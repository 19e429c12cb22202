package sandbox_test

import "golang.org/x/sys/unix"

func init() {
	attempts["privileges"] = []attempt{
		{name: "groups", needs: "root", do: func(order) error { return tryCall(unix.SYS_SETGROUPS, 0, 0) }},
		{name: "capability", needs: "root", do: func(order) error {
			header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
			var data [2]unix.CapUserData
			if err := unix.Capget(&header, &data[0]); err != nil {
				return err
			}
			data[0].Permitted |= 1 << unix.CAP_SETPCAP
			data[0].Effective |= 1 << unix.CAP_SETPCAP
			return unix.Capset(&header, &data[0])
		}},
		{name: "root folder", do: func(order) error { return unix.Chroot("/") }, needs: "root"},
		{name: "namespace", do: func(order) error { return unix.Unshare(unix.CLONE_NEWUTS) }, needs: "root"},
		{name: "mount", needs: "luck", do: func(o order) error {
			if err := unix.Mount("none", o.Folder, "tmpfs", 0, ""); err != nil {
				return err
			}
			return unix.Unmount(o.Folder, 0)
		}},
		{name: "host name", needs: "luck", do: func(order) error {
			var name unix.Utsname
			if err := unix.Uname(&name); err != nil {
				return err
			}
			return unix.Sethostname([]byte(unix.ByteSliceToString(name.Nodename[:])))
		}},
	}
	attempts["kernel"] = []attempt{
		{name: "dumpable", do: func(order) error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) }},
		{name: "same user", do: func(order) error { return tryCall(unix.SYS_SETRESUID, ^uintptr(0), ^uintptr(0), ^uintptr(0)) }},
		{name: "keyring", needs: "luck", do: func(order) error {
			_, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_SESSION_KEYRING, false)
			return err
		}},
		{name: "personality", do: func(order) error { return tryCall(unix.SYS_PERSONALITY, 0xffffffff) }},
		{name: "bpf", needs: "luck", do: func(order) error { return tryCall(unix.SYS_BPF, 0, 0, 0) }},
		{name: "tracing", needs: "luck", do: func(order) error { return tryCall(unix.SYS_PERF_EVENT_OPEN, 0, 0, 0, 0, 0) }},
		{name: "page faults", needs: "luck", do: func(order) error {
			fd, _, errno := unix.RawSyscall(unix.SYS_USERFAULTFD, unix.O_CLOEXEC, 0, 0)
			return closed(fd, errno)
		}},
		{name: "module", needs: "luck", do: func(order) error { return tryCall(unix.SYS_FINIT_MODULE, ^uintptr(0), 0, 0) }},
		{name: "typing for the user of the terminal", do: func(order) error { return tryCall(unix.SYS_IOCTL, 0, unix.TIOCSTI, 0) }},
		{name: "a call that no table has", needs: "luck", do: func(order) error { return tryCall(unix.SYS_GET_MEMPOLICY, 0, 0, 0) }},
	}
}

// tryCall makes a system call. One that the kernel looked at is a success,
// whatever it thinks of the arguments.
func tryCall(call uintptr, arguments ...uintptr) error {
	var a [6]uintptr
	copy(a[:], arguments)
	_, _, errno := unix.RawSyscall6(call, a[0], a[1], a[2], a[3], a[4], a[5])
	switch errno {
	case 0, unix.EINVAL, unix.EFAULT, unix.EBADF, unix.ENOTTY:
		return nil
	}
	return errno
}
