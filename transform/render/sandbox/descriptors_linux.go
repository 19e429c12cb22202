package sandbox

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// closeInherited closes descriptors that were inherited through exec, which
// are those without the close-on-exec flag. It skips kernel objects such as
// event loops: C libraries may open them without the flag, and they lead
// nowhere.
func closeInherited(keep []int) error {
	const folder = "/proc/self/fd"
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		fd, err := strconv.Atoi(entry.Name())
		if err != nil {
			return err
		}
		if fd <= 2 || slices.Contains(keep, fd) {
			continue
		}
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if errors.Is(err, unix.EBADF) || flags&unix.FD_CLOEXEC != 0 {
			continue // the first is that of the directory itself
		}
		if err != nil {
			return fmt.Errorf("descriptor %d: %w", fd, err)
		}
		if isAnonymous(fd) {
			continue
		}
		if err := unix.Close(fd); err != nil {
			return fmt.Errorf("descriptor %d: %w", fd, err)
		}
	}
	return nil
}

// isAnonymous reports whether a descriptor is a kernel object such as an
// epoll or eventfd, rather than a file, pipe or socket.
func isAnonymous(fd int) bool {
	var stat unix.Stat_t
	return unix.Fstat(fd, &stat) == nil && stat.Mode&unix.S_IFMT == 0
}
