//go:build cgo

package vips

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// The only reference that Go has to the file is the pin: neither may the
// memory be given to somebody else while an image can still read it, nor kept
// when none can any more.
func TestPin(t *testing.T) {
	s := newScope(t)
	const edge = 700
	pixels := make([]byte, edge*edge*3)
	for n := range pixels {
		pixels[n] = byte(n * 2654435761 >> 24)
	}
	noise := must[*Image](t)(s.NewImageFromMemory(pixels, edge, edge, 3, InterpretationSRGB))
	png := must[[]byte](t)(noise.ExportPng(PngOptions{}))

	for range 3 {
		inner := NewScope(t.Context())
		freed := make(chan struct{})
		derived := func() *Image {
			// Larger than all small objects: freed at once when unreachable.
			file := new([4 << 20]byte)
			runtime.AddCleanup(file, func(c chan struct{}) { close(c) }, freed)
			first := open(t, inner, file[:copy(file[:], png)], LoadOptions{})
			defer first.Close()
			return must[*Image](t)(first.Linear([]float64{1}, []float64{0}, true))
		}()
		for range 20 {
			runtime.GC()
			garbage := make([]byte, 4<<20)
			for n := range garbage {
				garbage[n] = 0xff
			}
			runtime.KeepAlive(garbage)
		}
		select {
		case <-freed:
			t.Fatal("freed while an image needs it")
		default:
		}
		if got := must[[]byte](t)(derived.Pixels()); !bytes.Equal(got, pixels) {
			t.Fatal("other pixels than were written")
		}
		inner.Close()
		deadline := time.After(patience)
		for done := false; !done; {
			runtime.GC()
			select {
			case <-freed:
				done = true
			case <-deadline:
				t.Fatal("still pinned after its images are gone")
			default:
				runtime.Gosched()
			}
		}
	}
}

func TestPinOfAFailedLoad(t *testing.T) {
	s := newScope(t)
	freed := make(chan struct{})
	func() {
		file := new([1 << 20]byte)
		runtime.AddCleanup(file, func(c chan struct{}) { close(c) }, freed)
		if _, err := s.NewImageFromBuffer(file[:], "png", LoadOptions{}); err == nil {
			t.Fatal("zeroes are not PNG")
		}
	}()
	deadline := time.After(patience)
	for {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-deadline:
			t.Fatal("still pinned")
		default:
			runtime.Gosched()
		}
	}
}
