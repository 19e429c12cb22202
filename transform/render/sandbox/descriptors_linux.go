package sandbox

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// closeInherited closes what came through exec, which is what has no
// close-on-exec flag. Not the kernel's own objects, like an event loop's: a C
// library may open one without the flag, and they lead nowhere.
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
			continue // the first is that of the folder itself
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

// isAnonymous reports whether a descriptor is not a file, pipe or socket:
// these have a type, an epoll or eventfd has none.
func isAnonymous(fd int) bool {
	var stat unix.Stat_t
	return unix.Fstat(fd, &stat) == nil && stat.Mode&unix.S_IFMT == 0
}
