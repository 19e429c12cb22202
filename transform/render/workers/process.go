//go:build unix

package workers

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// Name is a worker's name in lists of processes.
const Name = "caddy-images-worker"

const (
	// startTime limits the start of a worker, which usually takes 0.1
	// seconds.
	startTime = 30 * time.Second
	// settleTime limits the time in which a worker stops a cancelled job, or
	// exits when told to.
	settleTime = 250 * time.Millisecond
)

// process is a worker as its parent sees it. Its methods must be called on
// one goroutine.
type process struct {
	*requests
	command *exec.Cmd
	size    meter
	idle    int64  // resident size before its first job
	own     int64  // its unshared part
	ooms    uint64 // Pool.oomKills when it was started
	last    uint64 // job

	// answers is closed after the last message: the worker is dead, or
	// violated the protocol. fault may be read then and has the reason.
	answers chan answer
	fault   error

	// gone is closed when the process is reaped.
	gone chan struct{}
}

// start starts a worker and waits until it is ready, or until ctx is done.
func (p *Pool) start(ctx context.Context) (*process, *ready, error) {
	conn, theirs, err := socketpair()
	if err != nil {
		return nil, nil, err
	}
	w, err := p.launch(conn, theirs)
	theirs.Close()
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	greeting, err := w.greet(ctx, settings{p.config.Strict, p.config.MaxMemory, p.config.Fonts, len(w.window)})
	if err != nil {
		killed := errors.Is(err, errNoGreeting) && w.diedFromOutside(err)
		w.kill()
		if now, _ := p.oomKills(); killed && now != w.ooms {
			err = fmt.Errorf("%w: %w", errNoMemory, err)
		} else if killed {
			err = fmt.Errorf("%w: %w", errKilled, err)
		}
		return nil, nil, fmt.Errorf("%w (%s)", err, w.state())
	}
	w.idle, w.own = w.size.resident(), w.size.own()
	return w, greeting, nil
}

func (p *Pool) launch(conn *net.UnixConn, theirs *os.File) (*process, error) {
	program, err := p.executable()
	if err != nil {
		return nil, err
	}
	stderr, theirStderr, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirStderr.Close()
	inherited := []*os.File{theirs}
	var window []byte
	if p.open != nil {
		// Without memory, originals go through the socket.
		var memory *os.File
		if memory, window, err = p.open(); err == nil {
			defer memory.Close()
			inherited = append(inherited, memory)
		}
	}
	w := &process{
		requests: newRequests(conn, window, p.share),
		command: &exec.Cmd{
			Path:        program,
			Args:        []string{Name},
			Env:         environment(),
			Dir:         "/",
			Stderr:      theirStderr,
			ExtraFiles:  inherited,
			SysProcAttr: attributes(),
		},
		answers: make(chan answer),
		gone:    make(chan struct{}),
	}
	w.ooms, _ = p.oomKills()
	p.thread.do(func() { err = w.command.Start() })
	if err != nil {
		closeWindow(window)
		stderr.Close()
		return nil, err
	}
	pid := w.command.Process.Pid
	w.size = newMeter(pid)
	go func() {
		logStderr(stderr, p.log, pid)
		stderr.Close()
	}()
	go w.listen()
	go func() {
		_ = w.command.Wait()
		close(w.gone)
	}()
	return w, nil
}

// socketpair returns a connected pair: one end for this process, and one to
// inherit.
func socketpair() (*net.UnixConn, *os.File, error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	theirs := os.NewFile(uintptr(fds[1]), "worker's socket")
	conn, err := connOf(os.NewFile(uintptr(fds[0]), "socket"))
	if err != nil {
		theirs.Close()
	}
	return conn, theirs, err
}

// connOf turns a file that is a Unix socket into a connection.
func connOf(file *os.File) (*net.UnixConn, error) {
	defer file.Close()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	if u, ok := conn.(*net.UnixConn); ok {
		return u, nil
	}
	conn.Close()
	return nil, errors.New("not a Unix socket")
}

// listen reads the worker's messages.
func (w *process) listen() {
	defer close(w.answers)
	from := bufio.NewReader(w.conn)
	for {
		a, err := readAnswer(from)
		if err != nil {
			w.fault = err
			return
		}
		w.answers <- a
	}
}

func (w *process) greet(ctx context.Context, s settings) (*ready, error) {
	if err := w.settings(s); err != nil {
		return nil, fmt.Errorf("%w: %w", errNoGreeting, err)
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	select {
	case a, ok := <-w.answers:
		switch {
		case !ok:
			return nil, fmt.Errorf("%w: %w", errNoGreeting, w.fault)
		case a.ready == nil:
			return nil, fmt.Errorf("%w: no greeting", errNonsense)
		case a.ready.Error != "":
			return nil, &refusalError{a.ready.Error}
		}
		return a.ready, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// errNoGreeting is wrapped by the error of a worker that ended before its
// first message.
var errNoGreeting = errors.New("the worker ended before it was ready")

// refusalError is the reason why workers cannot work.
type refusalError struct{ text string }

func (e *refusalError) Error() string { return e.text }

func (w *process) pid() int { return w.command.Process.Pid }

// kill kills the worker, and waits until it is reaped and nothing of it is
// left.
func (w *process) kill() {
	_ = w.command.Process.Kill()
	<-w.gone
	w.conn.Close()
	w.size.close()
	closeWindow(w.window)
	w.window = nil
	for range w.answers {
	}
}

// stop makes an idle worker exit.
func (w *process) stop() {
	_ = w.conn.CloseWrite()
	select {
	case <-w.gone:
	case <-time.After(settleTime):
	}
	w.kill()
}

// state describes how a worker ended.
func (w *process) state() string { return w.command.ProcessState.String() }
