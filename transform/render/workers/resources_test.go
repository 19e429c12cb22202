//go:build linux && cgo

package workers

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/long"
	"github.com/caddy-images/caddy-images/transform"
)

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// Five hundred jobs, fifty of which kill their worker, leave no descriptor, no
// goroutine, no thread's worth of anything, and no dead child behind.
func TestNothingIsLeft(t *testing.T) {
	p := newPool(t, Config{Workers: 2, RefusalTime: time.Nanosecond})
	large := append(photo(t, 400, 300), make([]byte, windowSize)...)
	work := func(jobs int) {
		for i := range jobs {
			if i%10 == 9 {
				wantFailure(t, p, fault("exit", ""), errors.Internal, broke)
			}
			if _, err := p.Render(t.Context(), job([][]byte{icon(), large}[i%2], 32)); err != nil {
				t.Fatal(err)
			}
		}
		until(t, "two workers", func() bool { running, _ := p.Stats(); return running == 2 })
	}
	work(20)
	files, goroutines := openFiles(t), runtime.NumGoroutine()
	jobs := 100
	if long.Wanted() {
		jobs = 500
	}
	work(jobs)
	// What ended may still be ending.
	until(t, "closing all files", func() bool { return openFiles(t) <= files })
	until(t, "the end of all goroutines", func() bool { return runtime.NumGoroutine() <= goroutines })
	until(t, "reaping the dead", func() bool { return len(childrenOf(t, os.Getpid())) == 2 })
	p.Close()
	p.slots.Wait()
	if left := childrenOf(t, os.Getpid()); len(left) != 0 {
		t.Errorf("children are left: %+v", left)
	}
	until(t, "the end of the pool", func() bool { return openFiles(t) < files-2 && runtime.NumGoroutine() < goroutines-2 })
}

// Workers that are killed while idle are reaped, too.
func TestIdleDeadAreReaped(t *testing.T) {
	p := newPool(t, Config{Workers: 2})
	for range 5 {
		wantPicture(t, p)
		for _, pid := range workersNow(t) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	wantPicture(t, p)
	until(t, "two children, both alive", func() bool {
		children := childrenOf(t, os.Getpid())
		for _, c := range children {
			if c.state == 'Z' {
				return false
			}
		}
		return len(children) == 2
	})
}

// The parent does not grow with the images that its workers draw.
func TestResidentMemory(t *testing.T) {
	jobs := 1000
	if long.Wanted() && !raceEnabled {
		jobs = 10_000
	}
	p := newPool(t, Config{Workers: 2})
	resident := func() int64 {
		runtime.GC()
		debug.FreeOSMemory()
		m := newMeter(os.Getpid())
		defer m.close()
		return m.resident()
	}
	var settled int64
	for n := range jobs {
		if n == jobs/10 {
			settled = resident()
		}
		if _, err := p.Render(t.Context(), job(icon(), 8+n%40)); err != nil {
			t.Fatal(err)
		}
	}
	now := resident()
	t.Logf("%d bytes after %d jobs, %d after %d", now, jobs, settled, jobs/10)
	if now > settled+settled/10 {
		t.Errorf("the parent grew from %d to %d bytes", settled, now)
	}
}

// What large images took is given back, when their answers are there, and not
// kept for a next one that may never come.
func TestMemoryIsGivenBack(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector keeps memory of its own")
	}
	p := newPool(t, Config{Workers: 1})
	wantPicture(t, p)
	size := newMeter(workersNow(t)[0])
	defer size.close()
	idle := size.own()
	original, most := photo(t, 4000, 3000), int64(0)
	for _, format := range []transform.Format{transform.PNG, transform.WebP, transform.AVIF, transform.GIF} {
		large := job(original, 2400)
		large.Plan.Output.Format = format
		if _, err := p.Render(t.Context(), large); err != nil {
			t.Fatal(err)
		}
		most = max(most, size.own())
	}
	until(t, "giving memory back", func() bool {
		now := workersNow(t) // by the same worker, or by its successor
		if len(now) != 1 {
			return false
		}
		size := newMeter(now[0])
		defer size.close()
		return size.own() <= idle+kept
	})
	t.Logf("%d MiB at first, %d with large pictures", idle>>20, most>>20)
	wantPicture(t, p)
}
