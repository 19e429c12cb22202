package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

var entered atomic.Bool

// Enter gives up the process's rights permanently, for all present and future
// threads, including those of C libraries. The Report lists what this kernel
// cannot forbid; the caller decides whether to continue. After an error the
// process is in an undefined state and should exit.
//
// Call it once, after all libraries are initialised and before the first
// image is read. libvips must be configured to decode large images in memory
// (VIPS_DISC_THRESHOLD), since it cannot write temporary files.
func Enter(config Config) (Report, error) {
	if entered.Swap(true) {
		return Report{}, errors.New("entering the sandbox: it can be entered only once")
	}
	m, err := enter(config)
	if err != nil {
		return Report{}, fmt.Errorf("entering the sandbox: %w", err)
	}
	return m.report(), nil
}

// enter applies the means in order of increasing strictness: the filter comes
// last, as it refuses the calls that set up the others.
func enter(config Config) (means, error) {
	// In a program with C, reaching all threads requires listing them.
	if _, err := os.Stat(taskFolder()); err != nil {
		return means{}, fmt.Errorf("listing threads: %w", err)
	}
	if err := closeInherited(config.KeepFDs); err != nil {
		return means{}, fmt.Errorf("closing inherited descriptors: %w", err)
	}
	if err := limit(config.Memory, config.FileSize, cmp.Or(config.Descriptors, defaultDescriptors)); err != nil {
		return means{}, fmt.Errorf("setting limits: %w", err)
	}
	if err := dropPrivileges(); err != nil {
		return means{}, fmt.Errorf("dropping privileges: %w", err)
	}
	paths := config.ReadPaths
	if paths == nil {
		paths = ReadPaths()
	}
	m := means{basic: true}
	var err error
	if m.landlock, m.landlockWhy, err = restrictFiles(paths); err != nil {
		return means{}, fmt.Errorf("restricting files: %w", err)
	}
	if m.seccompWhy, err = filterCalls(); err != nil {
		return means{}, fmt.Errorf("filtering system calls: %w", err)
	}
	m.seccomp = m.seccompWhy == ""
	if err := prove(m, paths); err != nil {
		return means{}, err
	}
	return m, nil
}

func taskFolder() string { return fmt.Sprintf("/proc/%d/task", os.Getpid()) }
