//go:build linux && cgo

package vips

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"testing"
)

// Memory must be flat after the first thousand renders.
func TestLeaks(t *testing.T) {
	renders, warm := 10_000, 1_000
	if testing.Short() {
		renders = 3_000
	}
	const tolerance = 4 << 20 // bytes, of the allocators' own changing mind

	files := [][]byte{goJPEG(t, 64, 64, brick), goPNG(t, 64, 64, brick)}
	render := func(file []byte) {
		s := NewScope(context.Background())
		defer s.Close()
		i := open(t, s, file, LoadOptions{})
		half := must[*Image](t)(i.Resize(0.5, 0.5, KernelLinear))
		must[[]byte](t)(half.ExportJpeg(JpegOptions{}))
		if _, err := i.ExtractArea(60, 60, 60, 60); err == nil {
			t.Fatal("that is outside")
		}
	}

	if err := Startup(Config{}); err != nil {
		t.Fatal(err)
	}
	before := Tracked()
	var settled int
	for n := range renders {
		if n == warm {
			settled = resident(t)
		}
		render(files[n%len(files)])
	}
	if grown := resident(t) - settled; grown > tolerance {
		t.Errorf("%d bytes more after %d renders than after %d", grown, renders, warm)
	}
	if after := Tracked(); after != before {
		t.Errorf("tracked %+v, before %+v", after, before)
	}
}

// resident is the memory of the process after both allocators have given back
// what they can.
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
