package sandbox_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform/render/sandbox"
)

func init() {
	children["work"] = work
	children["twice"] = func(o order) answer {
		enter(o)
		return enter(o)
	}
}

// What a worker does goes on: it talks to its server, and Go's runtime has all
// it needs.
func TestWorkGoesOn(t *testing.T) {
	server, worker := socketPair(t)
	defer server.Close()
	left, right, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer left.Close()
	defer right.Close()
	c := command(t, "work", order{Config: sandbox.Config{KeepFDs: []int{3}}})
	c.ExtraFiles = []*os.File{worker, right}
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // the signal is sent when the thread ends that started the child
	defer runtime.UnlockOSThread()
	done := make(chan error, 1)
	go func() { done <- serve(server) }()
	a := finish(t, c)
	a.wantSuccess(t)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestOnlyOnce(t *testing.T) {
	if a := answerOf(t, command(t, "twice", order{})); !strings.Contains(a.Error, "only once") {
		t.Errorf("entering twice: %q", a.Error)
	}
}

const greeting = "from the server"

// serve sends a memfd, and wants it back in capitals, in another.
func serve(c *net.UnixConn) error {
	f, err := sealed(greeting)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := send(c, f); err != nil {
		return err
	}
	back, err := receive(c)
	if err != nil {
		return err
	}
	if back != strings.ToUpper(greeting) {
		return fmt.Errorf("the worker answers %q", back)
	}
	return nil
}

func work(o order) answer {
	// Descriptors whose files could not be opened inside.
	status := openStatus()
	back, err := memory() // inside none can be made
	if err != nil {
		return answer{Error: err.Error()}
	}
	a := enter(o)
	a.try("descriptors", func() error {
		var stat unix.Stat_t
		if err := unix.Fstat(3, &stat); err != nil {
			return fmt.Errorf("one to keep: %w", err)
		}
		if err := unix.Fstat(4, &stat); !errors.Is(err, unix.EBADF) {
			return fmt.Errorf("one to close: %v", err)
		}
		return nil
	})
	a.try("rights of each thread", func() error { return checkStatus(status) })
	a.try("shared memory", func() error {
		conn, err := net.FileConn(os.NewFile(3, "server"))
		if err != nil {
			return err
		}
		defer conn.Close()
		got, err := receive(conn.(*net.UnixConn))
		if err != nil {
			return err
		}
		if _, err := back.WriteAt([]byte(strings.ToUpper(got)), 0); err != nil {
			return err
		}
		if err := seal(back); err != nil {
			return err
		}
		return send(conn.(*net.UnixConn), back)
	})
	a.try("goroutines, timers and garbage", func() error {
		var group sync.WaitGroup
		for range 200 {
			group.Go(func() {
				for range 20 {
					runtime.KeepAlive(make([]byte, 1<<16))
					time.Sleep(10 * time.Microsecond)
				}
			})
		}
		group.Wait()
		runtime.GC()
		return nil
	})
	a.try("preemption", func() error {
		// A loop without calls is left only by a signal from another thread.
		var stop atomic.Bool
		defer stop.Store(true)
		go func() {
			for !stop.Load() {
			}
		}()
		time.Sleep(time.Millisecond)
		runtime.GC()
		return nil
	})
	a.try("threads", func() error {
		var seen []int
		for range 40 {
			newThread()(func() { seen = append(seen, unix.Gettid()) })
		}
		if slices.Sort(seen); len(slices.Compact(seen)) < 40 {
			return errors.New("too few")
		}
		return nil
	})
	a.try("names of threads", func() error {
		name := []byte("worker\x00")
		return unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(&name[0])), 0, 0, 0)
	})
	a.try("death with the parent", func() error {
		var signal int32
		if err := unix.Prctl(unix.PR_GET_PDEATHSIG, uintptr(unsafe.Pointer(&signal)), 0, 0, 0); err != nil {
			return err
		}
		if unix.Signal(signal) != unix.SIGKILL {
			return fmt.Errorf("signal %d", signal)
		}
		return nil
	})
	return a
}
