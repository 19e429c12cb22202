//go:build unix

package workers

import "runtime"

// thread is an operating system thread that starts processes. Linux sends the
// parent death signal when the thread that started the process ends
// (PR_SET_PDEATHSIG(2const)), and Go ends threads at will.
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

// end releases the thread. None of its processes may be alive.
func (t thread) end() { close(t.calls) }
