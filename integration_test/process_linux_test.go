package integration_test

import (
	"os/exec"
	"syscall"
)

// dieWithParent lets the kernel kill the process when the test binary is gone, even if that was killed itself.
func dieWithParent(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
