//go:build cgo

package draw

import (
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/errors"
)

// keepFile puts bytes into a file in memory, and tells its path. A worker may
// make no other files. It is there for as long as the process is.
func keepFile(parts ...[]byte) (path string, err error) {
	fd, err := unix.MemfdCreate("caddy-images font", unix.MFD_CLOEXEC)
	if err != nil {
		return "", errors.New(errors.Internal, "The font could not be kept").Because(err)
	}
	for _, part := range parts {
		for len(part) > 0 {
			n, err := unix.Write(fd, part)
			if err != nil && err != unix.EINTR {
				_ = unix.Close(fd)
				return "", errors.New(errors.Internal, "The font could not be kept").Because(err)
			}
			part = part[max(n, 0):]
		}
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), nil
}
