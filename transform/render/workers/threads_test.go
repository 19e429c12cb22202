//go:build linux && cgo

package workers

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/render"
)

// A worker without rights can have threads: a large image that is alone is
// drawn by several, a small one by one. It is the same image.
func TestThreads(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	p := newPool(t, Config{Workers: 1})
	large := job(photo(t, 1600, 1200), 1500)
	draw := func() []byte {
		t.Helper()
		r, err := p.Render(t.Context(), large)
		if err != nil {
			t.Fatal(err)
		}
		return r.Body
	}
	wantPicture(t, p)
	before := threadsOfLibvips(t, workersNow(t)[0])
	several := draw()
	if after := threadsOfLibvips(t, workersNow(t)[0]); after <= before {
		t.Errorf("%d threads for a large image, %d for a small one", after, before)
	}
	runtime.GOMAXPROCS(1)
	if one := draw(); !bytes.Equal(one, several) {
		t.Error("one thread draws another picture")
	}
}

// Jobs share the processors.
func TestThreadsOfJobs(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	p := newPool(t, Config{Workers: 2})
	wantPicture(t, p)
	want := func(threads string) {
		t.Helper()
		if e := wantFailure(t, p, fault("threads", ""), errors.Internal, ""); !strings.HasSuffix(e.Error(), threads) {
			t.Errorf("%v, want %s", e, threads)
		}
	}
	want("4 threads")
	until(t, "the end of the first job", func() bool { return p.busy.Load() == 0 }) // which comes after its answer
	ctx, leave := context.WithCancel(t.Context())
	done := start(p, ctx, fault("wait", ""))
	until(t, "the job", func() bool { return p.busy.Load() == 1 })
	want("2 threads")
	leave()
	checkFailure(t, <-done, errors.ClientClosed, "")
	until(t, "the end of the job", func() bool { return p.busy.Load() == 0 })
	want("4 threads")
}

// threadsOfLibvips returns how many threads libvips has in a worker.
func threadsOfLibvips(t *testing.T, pid int) (n int) {
	t.Helper()
	names, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/comm", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if comm, err := os.ReadFile(name); err == nil && strings.HasPrefix(string(comm), "libvips") {
			n++
		}
	}
	return n
}

// threads tells how many the job may have.
func threads(_ context.Context, job render.Job) (*render.Result, error) {
	return nil, fmt.Errorf("%d threads", job.Threads)
}
