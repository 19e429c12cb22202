package sandbox

import (
	"errors"
	"fmt"
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// restrictFiles makes Landlock forbid everything except reading below the
// paths. It returns the ABI version in force, or 0 and the reason.
func restrictFiles(paths []string) (version int, why string, err error) {
	version, err = landlockVersion()
	switch {
	case errors.Is(err, unix.ENOSYS):
		return 0, "this kernel has no Landlock, or the container forbids it", nil
	case errors.Is(err, unix.EOPNOTSUPP):
		return 0, "Landlock was turned off when this kernel was booted", nil
	case errors.Is(err, unix.EPERM), errors.Is(err, unix.EACCES):
		return 0, "the container forbids Landlock", nil
	case err != nil:
		return 0, "", err
	}
	version = min(version, newestLandlock)
	rules, err := readable(paths)
	if err != nil {
		return 0, "", err
	}
	// Best effort does not fail open: the report has the version in force.
	if err := landlock.V11.BestEffort().Restrict(rules...); err != nil {
		return 0, "", err
	}
	return version, "", nil
}

// newestLandlock is the highest version that landlock.V11 uses.
const newestLandlock = 11

// landlockVersion returns the version that go-landlock will use: the fifth if
// the kernel's sixth prevents threads from signalling each other within a
// process.
func landlockVersion() (int, error) {
	const signalsFixed = 1 << 1
	version, err := syscall.LandlockGetABIVersion()
	if err != nil || version < landlockScopes {
		return version, err
	}
	if errata, err := syscall.LandlockGetErrata(); err != nil || errata&signalsFixed == 0 {
		return landlockScopes - 1, nil
	}
	return version, nil
}

// readable grants reading but, unlike go-landlock's own rules, not executing:
// loading a library needs only the former.
func readable(paths []string) ([]landlock.Rule, error) {
	var rules []landlock.Rule
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			continue // an unreachable path needs no grant
		}
		if err != nil {
			return nil, fmt.Errorf("granting reads: %w", err)
		}
		access := landlock.AccessFSSet(syscall.AccessFSReadFile)
		if info.IsDir() {
			access |= syscall.AccessFSReadDir
		}
		rules = append(rules, landlock.PathAccess(access, path))
	}
	return rules, nil
}
