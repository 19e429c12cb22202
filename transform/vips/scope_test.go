//go:build cgo && unix

package vips

import (
	"context"
	"errors"
	"syscall"
	"testing"
	"time"
)

// soon is how much of the processors stopping may take, a small part of what the
// jobs below would.
const soon = 2 * time.Second

// processorTime returns what this process has had of the processors.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		t.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func TestCancel(t *testing.T) {
	background := newScope(t)
	png := must[[]byte](t)(solid(t, background, 9000, 9000, 200, 100, 50).ExportPng(PngOptions{Compression: 1}))

	file := func(access Access) func(*testing.T, *Scope) *Image {
		return func(t *testing.T, s *Scope) *Image { return open(t, s, png, LoadOptions{Access: access}) }
	}
	huge := func(t *testing.T, s *Scope) *Image { return solid(t, s, 60000, 60000, 200, 100, 50) }

	tests := map[string]struct {
		open func(*testing.T, *Scope) *Image
		run  func(*Image) error
	}{
		"blur": {huge, func(i *Image) error {
			blurred, err := i.GaussBlur(20)
			if err != nil {
				return err
			}
			_, err = blurred.Average()
			return err
		}},
		"resize": {huge, func(i *Image) error {
			small, err := i.Resize(0.01, 0.01, KernelLanczos3)
			if err != nil {
				return err
			}
			_, err = small.Pixels()
			return err
		}},
		"statistics":        {huge, func(i *Image) error { _, err := i.Average(); return err }},
		"saver":             {huge, func(i *Image) error { _, err := i.ExportPng(PngOptions{}); return err }},
		"decoding in order": {file(Sequential), func(i *Image) error { return slowly(i) }},
		"decoding at once":  {file(Random), func(i *Image) error { return slowly(i) }},
		"copying to memory": {file(Sequential), func(i *Image) error {
			wide, err := i.Zoom(1, 30)
			if err != nil {
				return err
			}
			_, err = wide.CopyMemory()
			return err
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			// The deadline is what cancels in the midst of the job.
			ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
			defer cancel()
			s := NewScope(ctx)
			defer s.Close()
			i := test.open(t, s)
			begin := processorTime(t)
			err := test.run(i)
			if took := processorTime(t) - begin; took > soon {
				t.Errorf("took %v", took)
			}
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v, want the context's error", err)
			}
			if _, err := i.Average(); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("a call after it: %v", err)
			}
		})
	}
}

// slowly decodes the image with something to do for each pixel.
func slowly(i *Image) error {
	blurred, err := i.GaussBlur(10)
	if err != nil {
		return err
	}
	_, err = blurred.Average()
	return err
}

// Cancelling races with images that are opened, derived and freed: the race
// detector and libvips' own checks are the test.
func TestCancelAtAnyMoment(t *testing.T) {
	jpg := goJPEG(t, 64, 64, brick)
	for n := range 300 {
		ctx, cancel := context.WithCancel(context.Background())
		s := NewScope(ctx)
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer s.Close()
			for range 5 {
				i, err := s.NewImageFromBuffer(jpg, "jpeg", LoadOptions{})
				if err != nil {
					break
				}
				half, err := i.Resize(0.5, 0.5, KernelLinear)
				i.Close()
				if err != nil {
					break
				}
				if _, err = half.ExportPng(PngOptions{}); err != nil {
					break
				}
				half.Close()
			}
		}()
		for range n * 50 {
			_ = ctx.Err()
		}
		cancel()
		<-done
	}
}

func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := NewScope(ctx)
	defer s.Close()
	if _, err := s.Black(1, 1, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Two jobs that make the same image have one each: else the end of one would stop
// the other, and what one writes into the metadata would be the other's too.
func TestScopesShareNothing(t *testing.T) {
	a, b := newScope(t), newScope(t)
	for name, image := range map[string]func(*Scope) (*Image, error){
		"black":  func(s *Scope) (*Image, error) { return s.Black(3, 2, 1) },
		"places": func(s *Scope) (*Image, error) { return s.XYZ(3, 2) },
		"solid":  func(s *Scope) (*Image, error) { return s.NewSolid(3, 2, 10, 20, 30) },
	} {
		mine, others := must[*Image](t)(image(a)), must[*Image](t)(image(b))
		mine.SetInt("mine", 1)
		if others.HasField("mine") {
			t.Errorf("%s: two scopes have one image", name)
		}
	}
}
