//go:build linux && cgo

package vips

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/long"
)

// renderer does a small job, alternately of a JPEG and a PNG, with a failure in
// it.
func renderer(t *testing.T) func() {
	t.Helper()
	files := [][]byte{goJPEG(t, 64, 64, brick), goPNG(t, 64, 64, brick)}
	turn := 0
	return func() {
		turn++
		s := NewScope(context.Background())
		defer s.Close()
		i := open(t, s, files[turn%len(files)], LoadOptions{})
		half := must[*Image](t)(i.Resize(0.5, 0.5, KernelLinear))
		must[[]byte](t)(half.ExportJpeg(JpegOptions{}))
		if _, err := i.ExtractArea(60, 60, 60, 60); err == nil {
			t.Fatal("that is outside")
		}
	}
}

func TestNothingStaysTracked(t *testing.T) {
	// libvips keeps a few buffers for each thread that calls it. On a busy machine
	// Go may go on with this on another thread, and leave some behind.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := Tracked()
	render := renderer(t)
	for range 200 {
		render()
	}
	// Its own threads let go of theirs when they end, a moment after their work.
	var after Stats
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); runtime.Gosched() {
		if after = Tracked(); after == before {
			return
		}
	}
	t.Errorf("tracked %+v, before %+v", after, before)
}

// The allocators, and the race detector, need some thousand renders until they
// stop asking for more. From then on memory must be flat: what leaked but 700
// bytes a render would be seen.
func TestResidentMemory(t *testing.T) {
	long.Only(t)
	const renders, warm, tolerance = 10_000, 4_000, 4 << 20
	render := renderer(t)
	var settled int
	for n := range renders {
		if n == warm {
			settled = resident(t)
		}
		render()
	}
	grown := resident(t) - settled
	t.Logf("%d bytes more after %d renders than after %d", grown, renders, warm)
	if grown > tolerance {
		t.Errorf("more than %d", tolerance)
	}
}

// resident returns the memory of the process after both allocators have given
// back what they can.
func resident(t *testing.T) int {
	t.Helper()
	runtime.GC()
	debug.FreeOSMemory()
	var size, pages int
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Sscan(string(statm), &size, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
