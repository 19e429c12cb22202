//go:build linux && cgo

package images_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// backend_timeout ends an image that is drawn, and its worker.
func TestBackendTimeoutOfDrawing(t *testing.T) {
	noWorkers(t)
	s := serve(t, "images {\n workers 1\n backend_timeout 3s\n render_timeout 1h\n origin fs ROOT\n}")
	if err := os.WriteFile(filepath.Join(s.root, "slow.jpg"), photo(), 0o644); err != nil {
		t.Fatal(err)
	}
	freeze(t, 1)
	s.get(t, "/tr:w-2000,f-avif/slow.jpg").wants(t, 504)
	until(t, "another picture, when there is a new worker", func() bool { return s.get(t, "/tr:w-10/red.jpg").StatusCode == http.StatusOK })
	var lines []map[string]any
	until(t, "a log line", func() bool { lines = s.logged(t); return len(lines) > 0 })
	if lines[0]["status"] != 504.0 || lines[0]["code"] != "ETIMEDOUT" {
		t.Errorf("the log line is %v", lines[0])
	}
}

// What the fetch took is not there for the rendering.
func TestBackendTimeoutIsForBoth(t *testing.T) {
	noWorkers(t)
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(500 * time.Millisecond):
		case <-r.Context().Done():
		}
		_, _ = w.Write(photo())
	})
	s := serve(t, "images {\n workers 1\n backend_timeout 4s\n render_timeout 1h\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	freeze(t, 1)
	s.get(t, "/tr:w-2000,f-avif/slow.jpg").wants(t, 504, "Ik-Error", "ETIMEDOUT - The image could not be fetched and rendered within backend_timeout")
}
