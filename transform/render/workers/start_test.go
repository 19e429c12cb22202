//go:build linux && cgo

package workers

import (
	"bytes"
	stderrors "errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
)

// Workers that do not start are tried again after longer and longer waits,
// and who asks for an image is told at once.
func TestDoesNotStart(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 1, Logger: logger})
	p.executable = func() (string, error) { return "/bin/false", nil }
	wantFailure(t, p, job(icon(), 32), errors.Internal, "The image engine does not start")
	if n := logs.FilterMessage("a worker does not start").Len(); n != manyFailures {
		t.Errorf("%d tries", n)
	}
}

// greeter returns a program that greets as a worker does, and then stands
// still.
func greeter(t *testing.T, greeting ready) func() (string, error) {
	t.Helper()
	frame, err := appendText(nil, frameReady, greeting)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	said, program := filepath.Join(dir, "greeting"), filepath.Join(dir, "greeter")
	if err := os.WriteFile(said, frame, 0o600); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\n/bin/cat %s >&%d\nread nothing <&%d\n", said, socketFD, socketFD)
	if err := os.WriteFile(program, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return func() (string, error) { return program, nil }
}

// Who is strict learns at the start what is missing, and draws nothing.
func TestStrictRefuses(t *testing.T) {
	const why = "isolation is strict, and this system lacks reads: no Landlock"
	p := newPool(t, Config{Workers: 1, Strict: true})
	p.executable = greeter(t, ready{Version: p.Version(), Error: why})
	if err := p.Start(); err == nil || !strings.Contains(err.Error(), why) {
		t.Errorf("the error is %v", err)
	}
	e := wantFailure(t, p, job(icon(), 32), errors.Internal, "The image engine does not start")
	if !strings.Contains(e.Error(), why) || strings.Contains(e.Message, "Landlock") {
		t.Errorf("the error is %v", e)
	}
}

// Who is not strict reads it in the log, once, however many workers there are.
func TestWhatIsMissingIsLoggedOnce(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 3, Logger: logger})
	p.executable = greeter(t, ready{Version: "another", Missing: []string{"reads: no Landlock"}})
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, "three workers", func() bool { running, _ := p.Stats(); return running == 3 })
	for _, what := range []string{"workers keep rights", "libvips was replaced"} {
		lines := logs.FilterMessageSnippet(what)
		if lines.Len() != 1 {
			t.Errorf("%q is logged %d times", what, lines.Len())
		}
	}
	if !strings.Contains(fmt.Sprint(logs.FilterMessageSnippet("workers keep rights").All()[0].ContextMap()), "no Landlock") {
		t.Error("the log does not say what is missing")
	}
}

// By hand a worker is no use, and no danger.
func TestStartedByHand(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	for name, files := range map[string][]*os.File{"nothing": nil, "a pipe": {r}} {
		c := exec.Command(self)
		c.Args = []string{Name}
		c.Env = []string{marker + "=1"}
		c.ExtraFiles = files
		out, err := c.CombinedOutput()
		if err == nil || !strings.Contains(string(out), "cannot be started by hand") {
			t.Errorf("with %s for a socket: %v, %s", name, err, out)
		}
	}
	// The variable alone does nothing.
	c := exec.Command(self, "-test.list", "TestStartedByHand")
	c.Env = []string{marker + "=1"}
	if out, err := c.CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "TestStartedByHand\n") {
		t.Errorf("%v, %s", err, out)
	}
}

// orphanage is the variable that makes this test a parent to be killed.
const orphanage = "CADDY_IMAGES_TEST_ORPHANAGE"

// No worker outlives its parent, whatever it is at.
func TestParentIsKilled(t *testing.T) {
	if os.Getenv(orphanage) != "" {
		p := newPool(t, Config{Workers: 3})
		wantPicture(t, p)
		start(p, t.Context(), fault("hang", ""))
		until(t, "the workers", func() bool { return len(workersNow(t)) == 3 && p.busy.Load() == 1 })
		os.Stdout.WriteString("ready\n")
		select {}
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	parent := exec.Command(self, "-test.run", "^TestParentIsKilled$")
	parent.Env = append(os.Environ(), orphanage+"=1")
	parent.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	orphans := childrenOf(t, parent.Process.Pid)
	if len(orphans) != 3 {
		t.Errorf("%d workers", len(orphans))
	}
	send(t, parent.Process.Pid, syscall.SIGKILL)
	_ = parent.Wait()
	until(t, "the end of the orphans", func() bool {
		for _, o := range orphans {
			if state := stateOf(o.pid); state != 0 && state != 'Z' {
				return false
			}
		}
		return true
	})
}

// Signals for the group, which Caddy answers by ending what it is at, do not
// touch workers.
func TestSignalsAreTheParents(t *testing.T) {
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	pid := workersNow(t)[0]
	for _, s := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT} {
		send(t, pid, s)
	}
	wantPicture(t, p)
	if now := workersNow(t)[0]; now != pid {
		t.Errorf("worker %d became %d", pid, now)
	}
	name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
	if err != nil || strings.TrimSpace(string(name)) != "images-worker" {
		t.Errorf("its name is %q, %v", name, err)
	}
}

// Workers let others go first, all their threads, and no thread of this process
// does so for their sake, then or later.
func TestScheduling(t *testing.T) {
	const normal, batch = 0, 3
	policies := func(pid int) map[int]int {
		count := map[int]int{}
		tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		if err != nil || len(tasks) == 0 {
			t.Fatal(err, tasks)
		}
		for _, task := range tasks {
			line, err := os.ReadFile(task)
			if err != nil {
				continue // it ended
			}
			_, rest, _ := strings.Cut(string(line), ") ") // from the third field on, proc_pid_stat(5)
			policy, err := strconv.Atoi(strings.Fields(rest)[41-3])
			if err != nil {
				t.Fatal(err)
			}
			count[policy]++
		}
		return count
	}
	if policies(os.Getpid())[normal] == 0 {
		t.Skip("this process has another policy, which workers keep")
	}
	settled := func() {
		for deadline := time.Now().Add(time.Minute); policies(os.Getpid())[batch] > 0; runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatal("a thread stays what only starting workers needs")
			}
		}
	}
	settled() // after pools of other tests
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	worker := policies(p.States()[0].PID)
	if worker[batch] == 0 || len(worker) != 1 {
		t.Errorf("the worker's threads by policy: %v", worker)
	}
	if own := policies(os.Getpid()); own[batch] > 1 {
		t.Errorf("own threads by policy: %v", own)
	}
	p.Close()
	p.slots.Wait()
	settled()
}

// failing returns a program that does not start as long as a file is there,
// and then is this one.
func failing(t *testing.T, p *Pool) (mend func()) {
	t.Helper()
	trouble := filepath.Join(t.TempDir(), "trouble")
	if err := os.WriteFile(trouble, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	p.executable = func() (string, error) {
		if _, err := os.Stat(trouble); err == nil {
			return "/bin/false", nil
		}
		return executable()
	}
	return func() {
		if err := os.Remove(trouble); err != nil {
			t.Fatal(err)
		}
	}
}

// While no worker starts, who asks for an image is told at once, however long
// it could wait: who waits already when that becomes known, and who comes
// then, whatever the slots are at. When workers start again images are drawn.
func TestFailsAtOnceWhileNothingStarts(t *testing.T) {
	p := newPool(t, Config{Workers: 3})
	mend := failing(t, p)
	patient := job(icon(), 32)
	patient.QueueTimeout = 24 * time.Hour
	var waiting []<-chan error
	for range 5 {
		waiting = append(waiting, start(p, t.Context(), patient))
	}
	for _, done := range waiting {
		checkFailure(t, <-done, errors.Internal, "The image engine does not start")
	}
	for range 100 {
		wantFailure(t, p, patient, errors.Internal, "The image engine does not start")
	}
	mend()
	until(t, "a picture", func() bool { _, err := p.Render(t.Context(), patient); return err == nil })
	// The first that starts wakes the others, which would sleep for longer and longer.
	until(t, "all workers", func() bool { running, _ := p.Stats(); return running == 3 })
}

// A start that hangs is no reason to wait for it, when it is known to hang.
func TestFailsAtOnceWhileStartsHang(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	p.executable = greeter(t, ready{Version: p.Version()})
	wantReady := func(n int) {
		t.Helper()
		until(t, "workers", func() bool { running, _ := p.Stats(); return running == n })
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	wantReady(2)
	// Both slots have given up before; one is at a start that never ends.
	for range 2 {
		p.starts.bad(new(slot), fmt.Errorf("no greeting"))
	}
	p.running.Store(0)
	patient := job(icon(), 32)
	patient.QueueTimeout = 24 * time.Hour
	wantFailure(t, p, patient, errors.Internal, "The image engine does not start")
	p.running.Store(2)
}

// Workers that are ready and end at once do not start either.
func TestFailsAtOnceWhileWorkersEnd(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	program, err := greeter(t, ready{Version: p.Version()})()
	if err != nil {
		t.Fatal(err)
	}
	script, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	script = bytes.ReplaceAll(script, []byte("read nothing"), []byte("exit 3; read nothing"))
	if err := os.WriteFile(program, script, 0o700); err != nil {
		t.Fatal(err)
	}
	p.executable = func() (string, error) { return program, nil }
	patient := job(icon(), 32)
	patient.QueueTimeout = 24 * time.Hour
	e := wantFailure(t, p, patient, errors.Internal, "The image engine")
	until(t, "giving up", func() bool {
		e = wantFailure(t, p, patient, errors.Internal, "The image engine")
		return stderrors.Is(e, errEndsAtOnce)
	})
}

// Workers that somebody kills while they start are waited for: that is no reason not to
// start. One that nobody kills does.
func TestKilledWhileStarting(t *testing.T) {
	logger, logs := logged()
	p := newPool(t, Config{Workers: 1, Logger: logger})
	done := start(p, t.Context(), job(icon(), 32))
	for n := range manyFailures + 1 {
		until(t, "the end of a start", func() bool {
			for _, pid := range workersNow(t) {
				// It is stopped so that it is not ready before. One that was killed a moment
				// ago may still be there.
				if syscall.Kill(pid, syscall.SIGSTOP) == nil {
					until(t, "the stop", func() bool { return slices.Contains([]byte{'T', 'Z', 'X', 0}, stateOf(pid)) })
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
			return logs.FilterMessage("a worker does not start").Len() > n
		})
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
