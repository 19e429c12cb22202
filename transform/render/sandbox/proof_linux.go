package sandbox

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"golang.org/x/sys/unix"
)

// prove attempts what the means forbid: a kernel that accepts a rule and does
// not enforce it is an error.
func prove(m means, paths []string) error {
	if m.landlock > 0 && !slices.ContainsFunc(paths, isRoot) {
		fd, err := unix.Open("/", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
		if err == nil {
			unix.Close(fd)
		}
		if !errors.Is(err, unix.EACCES) {
			return fmt.Errorf("reading the root folder past Landlock: %w", orPossible(err))
		}
	}
	if m.seccomp {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err == nil {
			unix.Close(fd)
		}
		if !errors.Is(err, unix.EPERM) {
			return fmt.Errorf("opening a socket past the filter: %w", orPossible(err))
		}
	}
	return nil
}

func isRoot(path string) bool { return filepath.Clean(path) == "/" }

var errPossible = errors.New("it is possible")

func orPossible(err error) error {
	if err == nil {
		return errPossible
	}
	return err
}
