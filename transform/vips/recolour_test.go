//go:build cgo

package vips

import (
	"errors"
	"testing"
)

// recolouring decodes samples to their part of full scale, and encodes that.
func recolouring(values int) Recolouring {
	r := Recolouring{Light: make([]float32, values), Encode: make([]byte, 65536), Matrix: [9]float32{1, 0, 0, 0, 1, 0, 0, 0, 1}}
	for i := range r.Light {
		r.Light[i] = float32(i) / float32(values-1)
	}
	for i := range r.Encode {
		r.Encode[i] = byte(i >> 8)
	}
	return r
}

func TestRecolour(t *testing.T) {
	s := newScope(t)
	pixel := func(space Interpretation, deep bool, samples ...byte) *Image {
		i := must[*Image](t)(s.NewImageFromMemory(samples, 1, 1, len(samples), space))
		if !deep {
			return i
		}
		scale, zero := make([]float64, len(samples)), make([]float64, len(samples))
		for n := range scale {
			scale[n] = 257
		}
		i = must[*Image](t)(must[*Image](t)(i.Linear(scale, zero, false)).Cast(BandFormatUshort))
		return must[*Image](t)(i.CopyAs(InterpretationRGB16))
	}
	swapped := [9]float32{0, 0, 1, 0, 2, 0, 1, 0, -1}
	for _, deep := range []bool{false, true} {
		values := 256
		if deep {
			values = 65536
		}
		for _, tt := range []struct {
			in     []byte
			matrix bool
			want   []float64
		}{
			{[]byte{10, 100, 200}, false, []float64{10, 100, 200}},
			{[]byte{10, 100, 200, 77}, false, []float64{10, 100, 200, 77}},
			{[]byte{90}, false, []float64{90, 90, 90}},
			{[]byte{90, 12}, false, []float64{90, 90, 90, 12}},
			// Blue, green twice and cut off, red less blue and cut off.
			{[]byte{10, 200, 60}, true, []float64{60, 255, 0}},
			{[]byte{100, 20, 60, 0}, true, []float64{60, 40, 40, 0}},
		} {
			r, space := recolouring(values), InterpretationSRGB
			if tt.matrix {
				r.Matrix = swapped
			}
			if len(tt.in) < 3 {
				space = InterpretationBW
			}
			out := must[*Image](t)(pixel(space, deep, tt.in...).Recolour(r))
			if out.Interpretation() != InterpretationSRGB || out.BandFormat() != BandFormatUchar || out.HasAlpha() != (len(tt.in)%2 == 0) {
				t.Errorf("%v becomes %v of type %v", tt.in, out.Interpretation(), out.BandFormat())
			}
			wantPixel(t, out, 0, 0, 1, tt.want...)
		}
	}
}

// A system multiplies by the luminance, here that of green, and maps what comes of it.
func TestRecolourSystem(t *testing.T) {
	s := newScope(t)
	r := recolouring(256)
	r.Luma, r.Exponent, r.Most = [3]float32{0, 1, 0}, 2, 0.5
	r.Tone = []float32{0, 0.25, 1} // at 0, an eighth and a half
	image := solid(t, s, 3, 2, 255, 127.5, 0)
	out := must[*Image](t)(image.Recolour(r))
	// Red is 1 times a quarter: its root is 0.707 of that of a half, 0.414 on the way from
	// 0.25 to 1. Green is an eighth.
	wantPixel(t, out, 1, 1, 2, 143, 64, 0)
	black := must[*Image](t)(solid(t, s, 1, 1, 200, 0, 200).Recolour(r))
	wantPixel(t, black, 0, 0, 0, 0, 0, 0)
}

func TestRecolourRefuses(t *testing.T) {
	s := newScope(t)
	image := solid(t, s, 2, 2, 1, 2, 3)
	for name, r := range map[string]Recolouring{"nothing": {}, "other depth": recolouring(65536), "short tables": {Light: make([]float32, 256), Encode: make([]byte, 7)}} {
		if _, err := image.Recolour(r); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	floats := must[*Image](t)(image.Cast(BandFormatFloat))
	if _, err := floats.Recolour(recolouring(256)); err == nil {
		t.Error("floats: no error")
	}
	image.Close()
	if _, err := image.Recolour(recolouring(256)); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}

// What comes of it outlives the image that it is made of.
func TestRecolourKeeps(t *testing.T) {
	s := newScope(t)
	image := solid(t, s, 200, 300, 10, 100, 200)
	out := must[*Image](t)(image.Recolour(recolouring(256)))
	image.Close()
	wantPixel(t, out, 199, 299, 1, 10, 100, 200)
}
