//go:build !linux

package sandbox

import "runtime"

// Enter does nothing and says so: only Linux has what a sandbox needs.
func Enter(Config) (Report, error) {
	why := "no sandbox on " + runtime.GOOS
	return means{basicLacks: why, landlockWhy: why, seccompWhy: why}.report(), nil
}

// ReadPaths is empty where nothing forbids reading.
func ReadPaths() []string { return nil }
