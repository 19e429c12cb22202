package sandbox

import (
	"errors"
	"fmt"
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	"github.com/landlock-lsm/go-landlock/landlock/syscall"
	"golang.org/x/sys/unix"
)

// restrictFiles has Landlock forbid all it can, but for reading below the
// paths. It answers with the version in force, or 0 and why there is none.
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
	// Restricting all that this kernel knows is not a fallback that fails open:
	// which version that is, is in the report.
	if err := landlock.V11.BestEffort().Restrict(rules...); err != nil {
		return 0, "", err
	}
	return version, "", nil
}

// newestLandlock is what landlock.V11 asks for at most.
const newestLandlock = 11

// landlockVersion returns the version that go-landlock will use: where the
// kernel's sixth lets no thread signal another of its own process, that is
// the fifth.
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

// readable grants reading and, unlike go-landlock's own rules, not executing:
// loading a library takes only the first.
func readable(paths []string) ([]landlock.Rule, error) {
	var rules []landlock.Rule
	for _, path := range paths {
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) {
			continue // what cannot be reached now needs no grant
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
