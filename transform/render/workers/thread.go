//go:build unix

package workers

import "runtime"

// thread is an operating system's thread that starts processes. Linux sends the
// signal that a process asked for at its parent's death when the thread that
// started it ends (PR_SET_PDEATHSIG(2const)), and Go ends threads as it likes.
type thread struct{ calls chan func() }

func newThread() thread {
	t := thread{make(chan func())}
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer asBatch()()
		for call := range t.calls {
			call()
		}
	}()
	return t
}

// do calls f on the thread.
func (t thread) do(f func()) {
	done := make(chan struct{})
	t.calls <- func() {
		defer close(done)
		f()
	}
	<-done
}

// end lets the thread go. Nothing that it started may be alive.
func (t thread) end() { close(t.calls) }
