package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"sync/atomic"
)

var entered atomic.Bool

// Enter gives up the process's rights, for all its threads, those that a C
// library started and those to come, and for good. What this kernel cannot
// forbid is in the Report; whether to go on without it is the caller's
// decision. After an error some rights are gone and some are not: the process
// has no better choice than to end.
//
// Call it when every library is initialised and before the first image is
// read, once. libvips must have been told to decode in memory what is large
// (VIPS_DISC_THRESHOLD): it would write a temporary file.
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

// enter goes from what is needed least to what is needed most: the filter comes
// last, as it refuses the calls that set up the rest.
func enter(config Config) (means, error) {
	// Reaching all threads of a program with C in it means listing them.
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
