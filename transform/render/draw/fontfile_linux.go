//go:build cgo

package draw

import (
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/errors"
)

// reserved are files for fonts, created before the process gave up its
// rights, since afterwards it cannot create any.
var reserved struct {
	sync.Mutex
	only bool // no others may be created
	fds  []int
}

// ReserveFontFiles creates MaxFontFiles files for fonts, and forbids creating
// others.
func ReserveFontFiles() error {
	reserved.Lock()
	defer reserved.Unlock()
	reserved.only = true
	for len(reserved.fds) < MaxFontFiles {
		fd, err := newFile()
		if err != nil {
			return err
		}
		reserved.fds = append(reserved.fds, fd)
	}
	return nil
}

func newFile() (int, error) {
	fd, err := unix.MemfdCreate("caddy-images font", unix.MFD_CLOEXEC)
	return fd, os.NewSyscallError("memfd_create", err)
}

// takeFile returns an empty file in memory.
func takeFile() (int, error) {
	reserved.Lock()
	defer reserved.Unlock()
	if !reserved.only {
		fd, err := newFile()
		if err != nil {
			return 0, errors.New(errors.Internal, "The font could not be stored").Because(err)
		}
		return fd, nil
	}
	last := len(reserved.fds) - 1
	if last < 0 {
		return 0, errors.New(errors.Limit, "The text needs more than %d font files", MaxFontFiles)
	}
	fd := reserved.fds[last]
	reserved.fds = reserved.fds[:last]
	return fd, nil
}

// keepFile writes bytes into a file in memory, which lives as long as the
// process, and returns its path.
func keepFile(parts ...[]byte) (path string, err error) {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	if size > MaxFontSize {
		return "", errors.New(errors.Limit, "The font has %d bytes, more than %d", size, MaxFontSize)
	}
	fd, err := takeFile()
	if err != nil {
		return "", err
	}
	for _, part := range parts {
		for len(part) > 0 {
			n, err := unix.Write(fd, part)
			if err != nil && err != unix.EINTR {
				_ = unix.Close(fd)
				return "", errors.New(errors.Internal, "The font could not be stored").Because(err)
			}
			part = part[max(n, 0):]
		}
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), nil
}
