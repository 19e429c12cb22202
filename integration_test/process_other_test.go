//go:build !linux

package integration_test

import "os/exec"

// dieWithParent does nothing here: only Linux can tie a process to its parent.
func dieWithParent(*exec.Cmd) {}
