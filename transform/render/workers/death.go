//go:build unix

package workers

import (
	stderrors "errors"
	"slices"
	"syscall"
	"time"
)

// faultSignals are those that a process causes itself: invalid memory
// accesses, invalid arithmetic, failed assertions, and system calls for which
// the sandbox kills. Others come from outside.
var faultSignals = []syscall.Signal{
	syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGABRT, syscall.SIGTRAP, syscall.SIGSYS,
}

// diedFromOutside reports whether a worker, which is no longer read because
// of fault, was ended by a signal that it did not cause, such as the kernel's
// when memory runs out. It must not have been killed by us yet.
//
// A compromised worker can send itself such a signal, and gains little by it:
// see Pool.Render.
func (w *process) diedFromOutside(fault error) bool {
	if stderrors.Is(fault, errNonsense) {
		return false
	}
	if !isEnding(w.pid()) {
		return false // it closed its socket and is alive
	}
	select {
	case <-w.gone:
	case <-time.After(startTime): // if isEnding was wrong
		return false
	}
	return killedFromOutside(w)
}

// killedFromOutside is diedFromOutside for a worker that has ended.
func killedFromOutside(w *process) bool {
	status, ok := w.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && !slices.Contains(faultSignals, status.Signal())
}

// largerBy is the minimum growth of a worker that the kernel kills for its
// memory.
const largerBy = 64 << 20

// ranOutOfMemory reports whether a worker that was killed from outside seems
// to be a victim of the kernel's OOM killer: it has grown, and the number of
// those kills has increased since it was started.
func (p *Pool) ranOutOfMemory(w *process) bool {
	now, ok := p.oomKills()
	return ok && now != w.ooms && peak(w.command.ProcessState) > w.idle+largerBy
}
