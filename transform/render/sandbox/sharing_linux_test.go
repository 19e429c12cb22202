package sandbox_test

import (
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"golang.org/x/sys/unix"
)

// socketPair returns a connection, whose second end is for a child.
func socketPair(t *testing.T) (*net.UnixConn, *os.File) {
	t.Helper()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := os.NewFile(uintptr(pair[0]), "ours"), os.NewFile(uintptr(pair[1]), "theirs")
	defer ours.Close()
	t.Cleanup(func() { theirs.Close() })
	c, err := net.FileConn(ours)
	if err != nil {
		t.Fatal(err)
	}
	return c.(*net.UnixConn), theirs
}

// sealed returns a memfd that can no longer be changed.
func sealed(content string) (*os.File, error) {
	f, err := memory()
	if err != nil {
		return nil, err
	}
	if _, err := f.WriteAt([]byte(content), 0); err != nil {
		return nil, err
	}
	return f, seal(f)
}

func memory() (*os.File, error) {
	fd, err := unix.MemfdCreate("picture", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	return os.NewFile(uintptr(fd), "picture"), err
}

func seal(f *os.File) error {
	_, err := unix.FcntlInt(f.Fd(), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_WRITE|unix.F_SEAL_SEAL)
	return err
}

func send(c *net.UnixConn, f *os.File) error {
	_, _, err := c.WriteMsgUnix([]byte{1}, unix.UnixRights(int(f.Fd())), nil)
	return err
}

func receive(c *net.UnixConn) (string, error) {
	rights := make([]byte, unix.CmsgSpace(4))
	_, n, _, _, err := c.ReadMsgUnix(make([]byte, 1), rights)
	if err != nil {
		return "", err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:n])
	if err != nil {
		return "", err
	}
	if len(messages) != 1 {
		return "", fmt.Errorf("%d messages", len(messages))
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil {
		return "", err
	}
	f := os.NewFile(uintptr(fds[0]), "picture")
	defer f.Close()
	b, err := io.ReadAll(f)
	return string(b), err
}

// openStatus opens what the kernel says about each thread.
func openStatus() (files []*os.File) {
	newThread()(func() {})
	paths, _ := filepath.Glob("/proc/self/task/*/status")
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			panic(err)
		}
		files = append(files, f)
	}
	return files
}

// checkStatus wants every thread without privileges, and with a filter.
func checkStatus(files []*os.File) error {
	if len(files) < 4 {
		return fmt.Errorf("%d threads", len(files))
	}
	for _, f := range files {
		defer f.Close()
		status, err := io.ReadAll(f)
		if err != nil {
			return err
		}
		for _, line := range []string{`NoNewPrivs:\t1`, `Seccomp:\t2`, `Cap(Inh|Prm|Eff|Amb):\t0+`, `CapPrm:\t0+`, `CapEff:\t0+`} {
			if !regexp.MustCompile(`(?m)^` + line + `$`).Match(status) {
				return fmt.Errorf("no %q in %s", line, status)
			}
		}
	}
	return nil
}
