//go:build cgo

package vips

import (
	"context"
	"math"
	"testing"
	"time"
)

// identity puts the image where it is.
func identity(w, h float64) Warp {
	return Warp{Matrix: [9]float64{1 / w, 0, 0, 0, 1 / h, 0, 0, 0, 1}}
}

func TestWarp(t *testing.T) {
	s := newScope(t)
	const w, h = 40, 30
	image, samples := sampled(t, s, 3, w, h, noise)
	got := must[[]byte](t)(must[*Image](t)(image.Warp(w+4, h+4, -2, -2, identity(w, h))).Pixels())
	for y := range h + 4 {
		for x := range w + 4 {
			pixel := got[4*(y*(w+4)+x):][:4]
			if x < 2 || y < 2 || x >= w+2 || y >= h+2 {
				if pixel[3] != 0 {
					t.Fatalf("(%d, %d) is %v, want nothing", x, y, pixel)
				}
				continue
			}
			for b, want := range samples[3*((y-2)*w+x-2):][:3] {
				if pixel[b] != want || pixel[3] != 255 {
					t.Fatalf("(%d, %d) is %v, want %v", x, y, pixel, samples[3*((y-2)*w+x-2):][:3])
				}
			}
		}
	}
}

// Between pixels the image is interpolated as libvips' own bicubic does it.
func TestWarpInterpolates(t *testing.T) {
	s := newScope(t)
	const w, h = 40, 30
	image, _ := sampled(t, s, 3, w, h, noise)
	moved := identity(w, h)
	moved.Matrix[2], moved.Matrix[5] = 0.25/w, 0.5/h
	got := must[*Image](t)(image.Warp(w, h, 0, 0, moved))
	places := must[*Image](t)(must[*Image](t)(s.XYZ(w, h)).Linear([]float64{1, 1}, []float64{0.25, 0.5}, false))
	want := must[*Image](t)(must[*Image](t)(image.Cast(BandFormatFloat)).Mapim(places, []float64{0, 0, 0}))
	for y := 3; y < h-3; y++ {
		for x := 3; x < w-3; x++ {
			g, p := must[[]float64](t)(got.Getpoint(x, y)), must[[]float64](t)(want.Getpoint(x, y))
			for b, v := range p {
				if v = min(max(v, 0), 255); math.Abs(g[b]-v) > 1 {
					t.Fatalf("(%d, %d) is %v, want %v", x, y, g, p)
				}
			}
		}
	}
}

// The hidden colour of what is transparent shows nowhere, and half of it is as
// transparent after as before.
func TestWarpTransparent(t *testing.T) {
	s := newScope(t)
	half, _ := sampled(t, s, 4, 20, 20, func(x, _, band int) byte {
		if x < 10 {
			return [4]byte{0, 255, 0, 0}[band]
		}
		return [4]byte{200, 0, 0, 128}[band]
	})
	moved := identity(20, 20)
	moved.Matrix[2] = 0.5 / 20
	got := must[*Image](t)(half.Warp(20, 20, 0, 0, moved))
	wantPixel(t, got, 3, 10, 0, 0, 0, 0, 0)
	wantPixel(t, got, 9, 10, 1, 200, 0, 0, 64)
	wantPixel(t, got, 15, 10, 1, 200, 0, 0, 128)
}

// A place that is not a number, or endless, is nowhere.
func TestWarpNowhere(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 100, 50)
	for _, w := range []Warp{
		{}, {Matrix: [9]float64{1, 0, 0, 0, 1, 0, 0, 0, 0}}, {Matrix: [9]float64{math.NaN(), 0, 0, 0, 1, 0, 0, 0, 1}},
		{Matrix: [9]float64{1e300, 0, 0, 0, 1e300, 0, 0, 0, 1e-300}},
		{Ring: &Ring{}}, {Ring: &Ring{Half: math.Inf(1), Edge: math.NaN(), Slope: 1}}, {Ring: &Ring{Half: 1, Edge: 1e300, Slope: 1e300}},
	} {
		got := must[*Image](t)(brick.Warp(9, 9, -4, -4, w))
		if a := must[[]float64](t)(got.Getpoint(1, 1)); a[3] != 0 {
			t.Errorf("%v has %v", w, a)
		}
	}
	if _, err := brick.Warp(0, 9, 0, 0, Warp{}); err == nil {
		t.Error("no width was taken")
	}
	if _, err := must[*Image](t)(brick.Cast(BandFormatUshort)).Warp(9, 9, 0, 0, Warp{}); err == nil {
		t.Error("16 bits were taken")
	}
}

func TestWarpStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := NewScope(ctx)
	defer s.Close()
	large := must[*Image](t)(must[*Image](t)(s.Black(3000, 3000, 3)).CopyMemory())
	time.AfterFunc(time.Millisecond, cancel)
	for range 1000 {
		if _, err := large.Warp(3000, 3000, 0, 0, identity(3000, 3000)); err != nil {
			return
		}
	}
	t.Error("a warp went on after its context was done")
}
