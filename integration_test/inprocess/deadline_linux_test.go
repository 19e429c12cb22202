//go:build linux && cgo

package inprocess_test

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
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
