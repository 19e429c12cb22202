//go:build linux && (amd64 || arm64)

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// filterCalls installs the filter on every thread, or returns the reason why
// it cannot.
func filterCalls() (why string, err error) {
	pid := uint32(os.Getpid())
	rules := slices.Concat(calls(pid), olderCalls)
	thread, err := install(filter(architecture, foreignCalls, rules, slices.Concat(refusedCalls, refusedOlderCalls)))
	switch {
	case errors.Is(err, unix.ENOSYS), errors.Is(err, unix.EINVAL):
		return "this kernel has no seccomp filters, or is older than 4.17", nil
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return "the container forbids seccomp filters", nil
	case err != nil:
		return "", err
	case thread != 0:
		return "", fmt.Errorf("thread %d has a filter of its own", thread)
	}
	return "", nil
}
