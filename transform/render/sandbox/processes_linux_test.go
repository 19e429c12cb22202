package sandbox_test

import (
	"errors"
	"os/exec"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// secret is what a child tries to read in its parent.
var secret = []byte("of the parent")

func secretAddress() uintptr { return uintptr(unsafe.Pointer(&secret[0])) }

func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		panic(err)
	}
	return n
}

func init() {
	attempts["execution"] = []attempt{
		{name: "program", do: func(order) error { return exec.Command("/bin/true").Run() }},
		{name: "program in memory", do: executeMemory},
		{name: "fork", do: func(order) error { return fork(uintptr(unix.SIGCHLD)) }},
		{name: "fork into a namespace", needs: "root", do: func(order) error {
			return fork(uintptr(unix.SIGCHLD) | unix.CLONE_NEWPID)
		}},
	}
	attempts["processes"] = []attempt{
		{name: "kill", do: func(o order) error { return unix.Kill(o.Victim, 0) }},
		{name: "signal", do: func(o order) error { return unix.Kill(o.Victim, unix.SIGCONT) }},
		{name: "signal to the parent", do: func(o order) error { return unix.Kill(o.Parent, unix.SIGCONT) }},
		{name: "kill of the group", do: func(order) error { return unix.Kill(0, 0) }},
		{name: "kill of all", do: func(order) error { return unix.Kill(-1, 0) }},
		{name: "tgkill", do: func(o order) error { return unix.Tgkill(o.Victim, o.Victim, 0) }},
		{name: "tkill", do: func(o order) error { return tryCall(unix.SYS_TKILL, uintptr(o.Victim), 0) }},
		{name: "pidfd", do: func(o order) error {
			fd, _, errno := unix.RawSyscall(unix.SYS_PIDFD_OPEN, uintptr(o.Victim), 0, 0)
			return closed(fd, errno)
		}},
		{name: "signals by a descriptor", do: func(o order) error {
			_, err := unix.FcntlInt(0, unix.F_SETOWN, o.Victim)
			return err
		}},
		{name: "ptrace", needs: "root", do: func(o order) error {
			const seize = 0x4206
			return tryCall(unix.SYS_PTRACE, seize, uintptr(o.Victim), 0)
		}},
		{name: "memory", needs: "root", do: func(o order) error {
			b := make([]byte, len(secret))
			local := unix.Iovec{Base: &b[0]}
			local.SetLen(len(b))
			_, err := unix.ProcessVMReadv(o.Parent, []unix.Iovec{local},
				[]unix.RemoteIovec{{Base: o.Address, Len: len(b)}}, 0)
			return err
		}},
		{name: "limits", needs: "root", do: func(o order) error {
			return unix.Prlimit(o.Victim, unix.RLIMIT_CPU, &unix.Rlimit{Cur: 100, Max: 100}, nil)
		}},
		{name: "priority", do: func(o order) error { return unix.Setpriority(unix.PRIO_PROCESS, o.Victim, 5) }},
		{name: "processors", do: func(o order) error {
			var set unix.CPUSet
			set.Set(0)
			return unix.SchedSetaffinity(o.Victim, &set)
		}},
	}
	attempts["limits"] = []attempt{
		{name: "more descriptors again", do: func(order) error {
			return unix.Prlimit(0, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: 1000, Max: 1000}, nil)
		}},
		{name: "core dumps again", needs: "luck", do: func(order) error {
			return unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1000}, nil)
		}},
		{name: "300 descriptors", do: func(order) error {
			for range 300 {
				fd, err := unix.MemfdCreate("", unix.MFD_CLOEXEC)
				if err != nil {
					return err
				}
				defer unix.Close(fd)
			}
			return nil
		}},
	}
}

// executeMemory starts what is in a memfd. That is not a program: the kernel
// that says so tried.
func executeMemory(order) error {
	fd, err := unix.MemfdCreate("", 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	empty := []byte{0}
	var none [1]uintptr
	_, _, errno := unix.RawSyscall6(unix.SYS_EXECVEAT, uintptr(fd), uintptr(unsafe.Pointer(&empty[0])),
		uintptr(unsafe.Pointer(&none[0])), uintptr(unsafe.Pointer(&none[0])), unix.AT_EMPTY_PATH, 0)
	if errors.Is(errno, unix.ENOEXEC) {
		return nil
	}
	return errno
}

// fork starts a process that ends at once.
//
//go:norace
func fork(flags uintptr) error {
	pid, _, errno := unix.RawSyscall6(unix.SYS_CLONE, flags, 0, 0, 0, 0, 0)
	if errno != 0 {
		return errno
	}
	if pid == 0 {
		for {
			unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
	}
	_, err := unix.Wait4(int(pid), nil, 0, nil)
	return err
}
