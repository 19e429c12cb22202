// Package miniotest runs a real S3 server, MinIO, for tests. It builds nothing:
// `make test` puts the binary where Start finds it.
package miniotest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// Region is the server's region.
const Region = "eu-central-1"

// Server is a running MinIO. It ends with its test, or with the process of the
// test if that dies.
type Server struct {
	// URL is the endpoint, such as `http://127.0.0.1:39201`.
	URL string

	// AccessKey and SecretKey are those of its root user.
	AccessKey, SecretKey string
}

// startTime limits the start of the server.
const startTime = time.Minute

// Start runs an empty server for a test.
func Start(t testing.TB) *Server {
	t.Helper()
	s := &Server{URL: "http://" + freeAddress(t), AccessKey: "test-access-key", SecretKey: "test-secret-key"}
	output := new(bytes.Buffer)
	cmd := exec.Command(binary(t), "server", "--quiet", "--address", s.URL[len("http://"):], t.TempDir())
	cmd.Dir = t.TempDir()
	cmd.Env = []string{
		"HOME=" + cmd.Dir,
		"MINIO_ROOT_USER=" + s.AccessKey,
		"MINIO_ROOT_PASSWORD=" + s.SecretKey,
		"MINIO_SITE_REGION=" + Region,
		"MINIO_BROWSER=off",
		"MINIO_UPDATE=off",
	}
	cmd.Stdout, cmd.Stderr = output, output
	dieWithParent(cmd)
	exited := run(t, cmd)
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-exited
	})

	ctx, cancel := context.WithTimeout(t.Context(), startTime)
	defer cancel()
	for !s.answers(ctx) {
		select {
		case <-exited:
			t.Fatalf("MinIO ended before it answered:\n%s", output)
		case <-ctx.Done():
			t.Fatalf("MinIO did not answer within %s", startTime)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return s
}

// run starts cmd and returns a channel that is closed when it has ended. The
// thread that starts it stays until then: the parent death signal is tied to
// the thread.
func run(t testing.TB, cmd *exec.Cmd) <-chan struct{} {
	t.Helper()
	started, exited := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer close(exited)
		err := cmd.Start()
		started <- err
		if err == nil {
			_ = cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	return exited
}

// answers reports whether requests are served. Health checks succeed before
// users and buckets are loaded; an unsigned request is not refused before.
func (s *Server) answers(ctx context.Context) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusForbidden
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// binary returns the path of MinIO: $CADDY_IMAGES_MINIO, or bin/minio of this
// module.
func binary(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("CADDY_IMAGES_MINIO"); path != "" {
		return path
	}
	path, err := besideGoMod("bin/minio")
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		t.Fatalf("MinIO is not built (%v): `make test` does it, or: go -C tools build -o ../bin/minio github.com/minio/minio", err)
	}
	return path
}

func besideGoMod(name string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, name), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod above the working directory")
		}
		dir = parent
	}
}
