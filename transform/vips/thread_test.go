//go:build cgo && linux

package vips

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/long"
)

// A thread of libvips that has nothing to do does not end: see bridge.c for
// what happens to an image that meets one which does.
func TestIdleThreadsStay(t *testing.T) {
	long.Only(t) // as long as libvips would wait: 15 seconds
	if !losesErrors() {
		t.Skip("from libvips 8.15.4 on threads may end, and a library that was linked with -Bsymbolic has them end")
	}
	if _, err := must[*Image](t)(newScope(t).Black(100, 100, 1)).CopyMemory(); err != nil {
		t.Fatal(err)
	}
	before := len(workerThreads(t))
	if before == 0 {
		t.Fatal("no thread of libvips was found")
	}
	// Nothing tells of a thread that does not end.
	time.Sleep(16 * time.Second)
	if after := len(workerThreads(t)); after < before {
		t.Errorf("of %d threads %d are left", before, after)
	}
}

// workerThreads returns the threads of this process that carry libvips' name.
func workerThreads(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("/proc/self/task/*/comm")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, name := range names {
		if comm, err := os.ReadFile(name); err == nil && strings.HasPrefix(string(comm), "libvips") {
			found = append(found, name)
		}
	}
	return found
}
