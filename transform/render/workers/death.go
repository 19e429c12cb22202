//go:build unix

package workers

import (
	stderrors "errors"
	"slices"
	"syscall"
	"time"
)

// faultSignals are those that a process gets for what it does itself: bad memory, bad
// numbers, an assertion of a library, a system call that the sandbox kills for.
// Anything else comes from outside.
var faultSignals = []syscall.Signal{
	syscall.SIGSEGV, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGILL, syscall.SIGABRT, syscall.SIGTRAP, syscall.SIGSYS,
}

// diedFromOutside reports whether a worker, of which no more will be read because of
// fault, was ended by somebody else: by a signal that it did not cause, such as that of
// the kernel when memory runs out. It must not have been killed by us yet.
//
// A worker that was taken over can send itself such a signal, and gains little by it:
// see Pool.Render.
func (w *process) diedFromOutside(fault error) bool {
	if stderrors.Is(fault, errNonsense) {
		return false
	}
	if !isEnding(w.pid()) {
		return false // it closed its socket and lives
	}
	select {
	case <-w.gone:
	case <-time.After(startTime): // where isEnding does not know better
		return false
	}
	return killedFromOutside(w)
}

// killedFromOutside returns that of a worker that is gone.
func killedFromOutside(w *process) bool {
	status, ok := w.command.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && !slices.Contains(faultSignals, status.Signal())
}

// largerBy is how much a worker has grown at least that the kernel kills for its
// memory.
const largerBy = 64 << 20

// ranOutOfMemory reports whether a worker that is gone, and was killed from outside,
// seems to be one of those that the kernel has killed for want of memory: it has grown,
// and there are more of those than when it was started.
func (p *Pool) ranOutOfMemory(w *process) bool {
	now, ok := p.oomKills()
	return ok && now != w.ooms && peak(w.command.ProcessState) > w.idle+largerBy
}
