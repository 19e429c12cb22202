package miniotest

import (
	"os/exec"
	"syscall"
)

// dieWithParent kills the process when the test's process dies, however it does.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
