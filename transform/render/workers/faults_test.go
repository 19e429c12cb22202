//go:build linux && cgo

package workers

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// faults are what a worker of this test binary does with an original that begins
// with "fault:" and the name.
var faults = map[string]func(ctx context.Context, job render.Job) (*render.Result, error){
	"hang":         func(context.Context, render.Job) (*render.Result, error) { fmt.Fprintln(os.Stderr, begun); select {} },
	"wait":         wait,
	"segfault":     segfault,
	"panic":        func(context.Context, render.Job) (*render.Result, error) { panic("at the codec") },
	"die":          func(context.Context, render.Job) (*render.Result, error) { die(); return nil, nil },
	"die as":       dieAs,
	"hang aloud":   hangAloud,
	"large aloud":  largeAloud,
	"closes":       closes,
	"bus error":    func(context.Context, render.Job) (*render.Result, error) { raise(syscall.SIGBUS); select {} },
	"system call":  func(context.Context, render.Job) (*render.Result, error) { raise(syscall.SIGSYS); select {} },
	"exit":         func(context.Context, render.Job) (*render.Result, error) { os.Exit(0); return nil, nil },
	"garbage":      say([]byte("GET / HTTP/1.1\r\n\r\n")),
	"huge":         say(appendHeader(nil, frameResult, 1<<32-1)),
	"huge text":    say(appendHeader(nil, frameFailure, maxText+1)),
	"half":         halfAnAnswer,
	"wrong id":     say(appendAccepted(nil, 99)),
	"abort":        func(context.Context, render.Job) (*render.Result, error) { raise(syscall.SIGABRT); select {} },
	"twice":        twice,
	"details":      details,
	"no details":   noDetails,
	"out of order": say(appendHeader(nil, frameReady, 2), []byte("{}")),
	"memory":       noMemory,
	"environment":  environ,
	"descriptors":  descriptors,
	"stderr":       stderr,
	"threads":      threads,
	"memfd":        memfd,
}

// begun is what a worker prints that has begun to wait or to hang.
const begun = "the job has begun"

// Variables are initialised before any init, so the worker has it in time.
var _ = addFaults()

func addFaults() bool {
	plain := drawing
	drawing = func(ctx context.Context, job render.Job) (*render.Result, error) {
		for _, file := range filesOf(job) {
			if name, ok := bytes.CutPrefix(file, []byte("fault:")); ok {
				name, _, _ := strings.Cut(string(name), "\x00")
				return faults[name](ctx, job)
			}
		}
		return plain(ctx, job)
	}
	return true
}

func die() { raise(syscall.SIGKILL) }

// dieAs dies in the process that the note names, and draws in another one.
func dieAs(ctx context.Context, job render.Job) (*render.Result, error) {
	if _, pid, _ := bytes.Cut(job.Original, []byte{0}); string(pid) == strconv.Itoa(os.Getpid()) {
		die()
	}
	return noDetails(ctx, job)
}

// hangAloud accepts the job and hangs.
func hangAloud(context.Context, render.Job) (*render.Result, error) {
	fmt.Fprintln(os.Stderr, atWork)
	select {}
}

const atWork = "at work"

// largeAloud is hangAloud of a worker that has grown.
func largeAloud(ctx context.Context, job render.Job) (*render.Result, error) {
	large := make([]byte, 2*largerBy)
	for i := range large {
		large[i] = 1
	}
	defer runtime.KeepAlive(large)
	return hangAloud(ctx, job)
}

// closes lives on and is not heard of any more.
func closes(context.Context, render.Job) (*render.Result, error) {
	_ = syscall.Shutdown(theSocket(), syscall.SHUT_RDWR)
	select {}
}

func raise(signal syscall.Signal) {
	if err := syscall.Kill(os.Getpid(), signal); err != nil {
		panic(err)
	}
}

// segfault reads where no memory is, as a codec does that runs over its buffer.
func segfault(context.Context, render.Job) (*render.Result, error) {
	nothing, err := syscall.Mmap(-1, 0, 1<<16, syscall.PROT_NONE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("read %d", nothing[0])
}

// noMemory takes more and more.
func noMemory(context.Context, render.Job) (*render.Result, error) {
	var all [][]byte
	for range 1 << 16 {
		part := make([]byte, 1<<20)
		for i := 0; i < len(part); i += 1 << 12 {
			part[i] = 1
		}
		all = append(all, part)
	}
	return nil, fmt.Errorf("%d MiB", len(all))
}

// memfd wants memory that is a file.
func memfd(context.Context, render.Job) (*render.Result, error) {
	fd, err := unix.MemfdCreate("", 0)
	return nil, fmt.Errorf("memfd %d, %v", fd, err)
}

// descriptors tells the files that the worker has open, by their inodes.
func descriptors(context.Context, render.Job) (*render.Result, error) {
	var inodes []uint64
	for fd := range 256 {
		var stat syscall.Stat_t
		if syscall.Fstat(fd, &stat) == nil {
			inodes = append(inodes, stat.Ino)
		}
	}
	return nil, fmt.Errorf("%v", inodes)
}

// wait returns a job that can be stopped.
func wait(ctx context.Context, _ render.Job) (*render.Result, error) {
	fmt.Fprintln(os.Stderr, begun)
	<-ctx.Done()
	return nil, ctx.Err()
}

// details are not what a job of drawing asks for.
func details(context.Context, render.Job) (*render.Result, error) {
	one := transform.Size{Width: 1, Height: 1}
	return &render.Result{Details: &transform.Details{Format: transform.JPEG, Size: one, Stored: one, Orientation: 1, Frames: 1, Pages: 1, Depth: 8}}, nil
}

// noDetails returns an image where they were asked for.
func noDetails(context.Context, render.Job) (*render.Result, error) {
	return &render.Result{Body: []byte("x"), Format: transform.PNG, Size: transform.Size{Width: 1, Height: 1}, Frames: 1}, nil
}

func say(parts ...[]byte) func(context.Context, render.Job) (*render.Result, error) {
	return func(context.Context, render.Job) (*render.Result, error) {
		write(bytes.Join(parts, nil))
		select {}
	}
}

// write writes to the socket behind the worker's back.
func write(b []byte) {
	for len(b) > 0 {
		n, err := syscall.Write(theSocket(), b)
		if err != nil && err != syscall.EAGAIN {
			panic(err)
		}
		b = b[max(n, 0):]
	}
}

// theSocket finds the worker's end, which the net package has moved.
func theSocket() int {
	for fd := socketFD; fd < 100; fd++ {
		if kind, err := syscall.GetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_TYPE); err == nil && kind == syscall.SOCK_STREAM {
			return fd
		}
	}
	panic("no socket")
}

func halfAnAnswer(context.Context, render.Job) (*render.Result, error) {
	frame := appendHeader(nil, frameResult, resultSize+1000)
	write(append(binary.BigEndian.AppendUint64(frame, 1), 3, 0, 0))
	die()
	return nil, nil
}

// twice answers twice.
func twice(_ context.Context, job render.Job) (*render.Result, error) {
	frame, err := appendText(nil, frameFailure, failure{ID: 1, Message: "once"})
	write(append(frame, frame...))
	if err != nil {
		return nil, err
	}
	select {}
}

func environ(context.Context, render.Job) (*render.Result, error) {
	return nil, fmt.Errorf("%q", os.Environ())
}

func stderr(context.Context, render.Job) (*render.Result, error) {
	for i := range 10_000 {
		fmt.Fprintln(os.Stderr, i, strings.Repeat("x", 5000))
	}
	return nil, io.EOF
}
