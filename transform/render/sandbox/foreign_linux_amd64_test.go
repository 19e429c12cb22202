package sandbox_test

import (
	"errors"
	"os/exec"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

func init() {
	children["x32"] = func(o order) answer {
		a := enter(o)
		unix.RawSyscall(0x40000000|unix.SYS_GETPID, 0, 0, 0)
		return a
	}
	children["i386"] = func(o order) answer {
		code := []byte{
			0xb8, 20, 0, 0, 0, // mov $20, %eax: getpid there, writev here
			0xcd, 0x80, // int $0x80
			0xc3, // ret
		}
		page, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			return answer{Error: err.Error()}
		}
		copy(page, code)
		a := enter(o)
		address := &page[0] // a function's value points to where its code is
		function := unsafe.Pointer(&address)
		(*(*func())(unsafe.Pointer(&function)))()
		return a
	}
}

// The same number is another call in another ABI.
func TestForeignCallsKill(t *testing.T) {
	seccomp := run(t, "attempts", surroundings(t, order{})).Report.Protections[4]
	if seccomp.Lacks != "" {
		t.Logf("lacking: %s", seccomp.Lacks)
		return
	}
	for _, name := range []string{"x32", "i386"} {
		out, err := command(t, name, order{}).Output()
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			t.Errorf("%s: %v, %s", name, err, out)
			continue
		}
		if status := exit.Sys().(syscall.WaitStatus); status.Signal() != syscall.SIGSYS {
			t.Errorf("%s: ended with %v", name, err)
		}
	}
}
