package miniotest

import (
	"os/exec"
	"syscall"
)

// dieWithParent kills the process when the test's process dies for any
// reason.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
