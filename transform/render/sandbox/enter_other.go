//go:build !linux

package sandbox

import "runtime"

// Enter has no effect and reports so: only Linux has the necessary means.
func Enter(Config) (Report, error) {
	why := "no sandbox on " + runtime.GOOS
	return means{basicLacks: why, landlockWhy: why, seccompWhy: why}.report(), nil
}

// ReadPaths is empty if nothing restricts reading.
func ReadPaths() []string { return nil }
