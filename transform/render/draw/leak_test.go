//go:build cgo && linux

package draw_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/caddy-images/caddy-images/internal/long"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// Ten thousand renders leave nothing behind. The allocators of Go, libvips and
// its codecs take some renders until they stop asking for more; from then on
// memory must be flat. Of fewer, and under the race detector, which keeps memory of
// its own, only libvips' counters are looked at.
func TestLeak(t *testing.T) {
	renders, warm, tolerance := 10_000, 4_000, 6<<20
	flat := long.Wanted() && !underRace
	if !flat {
		renders = 600
	}
	jobs := smallJobs(t)
	before := vips.Tracked()
	drawn := drawAll(jobs, 0, min(warm, renders))
	settled := resident(t)
	drawn += drawAll(jobs, warm, renders)
	if drawn < renders*9/10 || drawn == renders {
		t.Errorf("%d of %d jobs worked", drawn, renders)
	}
	wantTracked(t, before)
	if !flat {
		return
	}
	grown := resident(t) - settled
	t.Logf("%d kB more after %d renders than after %d", grown>>10, renders, warm)
	if grown > tolerance {
		t.Errorf("memory grew by %d kB", grown>>10)
	}
}

// drawAll does jobs in turn and tells how many worked. It does one at a time:
// every thread has an arena of the C allocator to fill first.
func drawAll(jobs []render.Job, from, to int) int {
	drawn := 0
	for n := from; n < to; n++ {
		if _, err := draw.Draw(context.Background(), jobs[n%len(jobs)]); err == nil {
			drawn++
		}
	}
	return drawn
}

// resident returns the memory of the process after Go's allocator has given
// back what it can.
func resident(t *testing.T) int {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	var size, pages int
	if _, err := fmt.Sscan(string(statm), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
