// Package integration_test looks at the project from outside: the real program, real configurations, real requests.
package integration_test

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is a running Caddy with the images module.
type server struct {
	// URL is where it answers, without a slash at the end.
	URL string

	pid int
	log *syncBuffer
}

// logs returns what it has printed so far.
func (s *server) logs() string { return s.log.String() }

// startCaddy runs the program with a Caddyfile until the test ends. The Caddyfile listens on 127.0.0.1:{$PORT}, or
// :{$PORT}, and the port is one that is free. Without global options of its own it gets the ones that tests need: no admin
// endpoint, nothing saved. env has entries such as "PHOTOS=/tmp/x"; relative paths count from the working tree's root.
// It returns when the server accepts connections, and fails the test when it does not.
func startCaddy(t *testing.T, caddyfile string, env ...string) *server {
	t.Helper()
	return startProgram(t, caddyBinary(t), caddyfile, env...)
}

// startProgram is startCaddy for a Caddy of its own.
func startProgram(t *testing.T, binary, caddyfile string, env ...string) *server {
	t.Helper()
	if !strings.HasPrefix(strings.TrimSpace(withoutComments(caddyfile)), "{\n") {
		caddyfile = "{\n\tadmin off\n\tpersist_config off\n}\n" + caddyfile
	}
	path := filepath.Join(t.TempDir(), "Caddyfile")
	if err := os.WriteFile(path, []byte(caddyfile), 0o600); err != nil {
		t.Fatal(err)
	}
	// Another process may take the port before Caddy does.
	for range 5 {
		s, err := tryStart(t, binary, path, env)
		if err == nil {
			return s
		}
		if !strings.Contains(err.Error(), "address already in use") {
			t.Fatal(err)
		}
	}
	t.Fatal("no free port found")
	return nil
}

func tryStart(t *testing.T, binary, path string, env []string) (*server, error) {
	t.Helper()
	port := freePort(t)
	s := &server{URL: "http://127.0.0.1:" + port, log: new(syncBuffer)}
	cmd := command(t, binary, "run", "--config", path, "--adapter", "caddyfile")
	cmd.Env = append(cmd.Env, env...)
	cmd.Env = append(cmd.Env, "PORT="+port)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = cmd.Process.Pid
	ended := make(chan struct{})
	var exit error
	go func() {
		exit = cmd.Wait()
		close(ended)
	}()
	stop := func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(5 * time.Minute):
			_ = cmd.Process.Kill()
			<-ended
			t.Errorf("caddy did not stop within 5 minutes of SIGTERM")
		}
	}
	deadline := time.Now().Add(5 * time.Minute)
	for {
		select {
		case <-ended:
			return nil, fmt.Errorf("caddy ended (%w) before it listened:\n%s", exit, s.logs())
		default:
		}
		conn, err := net.DialTimeout("tcp", "127.0.0.1:"+port, time.Second)
		if err == nil {
			_ = conn.Close()
			break
		}
		if time.Now().After(deadline) {
			stop()
			return nil, fmt.Errorf("caddy does not listen:\n%s", s.logs())
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Cleanup(func() {
		stop()
		if strings.Contains(s.logs(), "WARNING: DATA RACE") {
			t.Errorf("the server has a data race:\n%s", s.logs())
		}
		if t.Failed() {
			t.Logf("caddy's log:\n%s", s.logs())
		}
	})
	return s, nil
}

// caddyCommand returns the program with arguments, in the working tree's root
// and with a home of its own. It dies with the test.
func caddyCommand(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	return command(t, caddyBinary(t), args...)
}

func command(t *testing.T, binary string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, args...)
	home := t.TempDir()
	cmd.Dir = root(t)
	cmd.Env = append(os.Environ(), "HOME="+home, "XDG_DATA_HOME="+home, "XDG_CONFIG_HOME="+home)
	dieWithParent(cmd)
	return cmd
}

// caddyBinary builds the program once a test run, with the race detector when the tests have it.
func caddyBinary(t *testing.T) string {
	t.Helper()
	path, err := buildCaddy()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

var (
	buildDir   string
	buildCaddy = sync.OnceValues(func() (string, error) {
		out := filepath.Join(buildDir, "caddy")
		args := []string{"build", "-o", out}
		if raceEnabled {
			args = append(args, "-race")
		}
		cmd := exec.Command("go", append(args, "../cmd/caddy")...)
		if b, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("building caddy: %w\n%s", err, b)
		}
		return out, nil
	})
)

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if buildDir, err = os.MkdirTemp("", "caddy-images-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer os.RemoveAll(buildDir)
		return m.Run()
	}())
}

// root returns the working tree.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// run runs a command and gives what it printed. It fails the test when the command fails.
func run(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", cmd, err, stderr.String(), stdout.String())
	}
	return stdout.String()
}

// freePort asks the kernel for an unused port.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func withoutComments(caddyfile string) string {
	var b strings.Builder
	for line := range strings.Lines(caddyfile) {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// syncBuffer is a buffer that a process writes while a test reads.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
