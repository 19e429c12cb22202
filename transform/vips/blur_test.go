//go:build cgo

package vips

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"
)

// blurSamples are images in which a blur that is made in another way than
// pixel by pixel would show where it is not exact.
var blurSamples = []struct {
	name          string
	width, height int
	sample        func(x, y, band int) byte
}{
	{"noise", 50, 40, noise},
	{"edge", 90, 5, func(x, _, _ int) byte { return byte(x / 45 * 255) }},
	{"frame of a pixel", 60, 50, func(x, y, _ int) byte {
		if x == 0 || y == 0 || x == 59 || y == 49 {
			return 255
		}
		return 0
	}},
	{"stripes", 64, 30, func(x, y, _ int) byte { return byte(x / 2 % 2 * 255) }},
	{"white", 30, 30, func(int, int, int) byte { return 255 }},
	{"a pixel", 1, 1, noise},
	{"a row", 300, 1, noise},
	{"a column", 1, 300, noise},
	{"wider than a piece", 2500, 2, noise},
}

func noise(x, y, band int) byte {
	n := uint32(x*7919+y*104729+band*1299709) * 2654435761
	return byte((n ^ n>>13) * 2246822519 >> 24)
}

func sampled(t testing.TB, s *Scope, bands int, width, height int, sample func(x, y, band int) byte) (*Image, []byte) {
	t.Helper()
	samples := make([]byte, 0, width*height*bands)
	for y := range height {
		for x := range width {
			for b := range bands {
				samples = append(samples, sample(x, y, b))
			}
		}
	}
	space := InterpretationSRGB
	if bands < 3 {
		space = InterpretationBW
	}
	return must[*Image](t)(s.NewImageFromMemory(samples, width, height, bands, space)), samples
}

// convolved returns what a row makes of samples, pixel by pixel, exactly; of
// colours that are weighted by alpha where there is one.
func convolved(samples []byte, width, height, bands int, row Row, alpha bool) []float64 {
	in := make([]float64, len(samples))
	for n, v := range samples {
		in[n] = float64(v)
		if last := n - n%bands + bands - 1; alpha && n != last {
			in[n] *= float64(samples[last]) / 255
		}
	}
	sum, reach := 0.0, len(row)/2
	for _, v := range row {
		sum += float64(v)
	}
	pass := func(in []float64, length, stride, lines, lineStride int) []float64 {
		out := make([]float64, len(in))
		for line := range lines {
			for at := range length {
				for b := range bands {
					total := 0.0
					for i, times := range row {
						from := min(max(at+i-reach, 0), length-1)
						total += float64(times) * in[line*lineStride+from*stride+b]
					}
					out[line*lineStride+at*stride+b] = total / sum
				}
			}
		}
		return out
	}
	out := pass(pass(in, width, bands, height, width*bands), height, width*bands, width, bands)
	for n := range out {
		if last := n - n%bands + bands - 1; alpha && n != last {
			if out[last] > 1e-6 {
				out[n] *= 255 / out[last]
			} else {
				out[n] = 0
			}
		}
	}
	return out
}

// A blur is within one level of the exact one, however wide it is, whatever
// is in the image, up to its edges.
func TestBlur(t *testing.T) {
	rows := map[string]Row{"unsharp 9": GaussRowTo(9, 100), "unsharp 60": GaussRowTo(60, 20), "box": {1, 1, 1}, "one": {5}}
	for _, sigma := range []float64{0.5, 1, 2.5, 10, 45, 50} {
		rows[fmt.Sprint(sigma)] = GaussRow(sigma)
	}
	for _, p := range blurSamples {
		for name, row := range rows {
			for _, bands := range []int{1, 2, 3, 4} {
				s := newScope(t)
				image, samples := sampled(t, s, bands, p.width, p.height, p.sample)
				if image.HasAlpha() != (bands%2 == 0) {
					t.Fatal(bands)
				}
				got := must[[]byte](t)(must[*Image](t)(image.Blur(row)).Pixels())
				want := convolved(samples, p.width, p.height, bands, row, bands%2 == 0)
				for n := range want {
					if d := math.Abs(float64(got[n]) - want[n]); d > 1 {
						t.Fatalf("%s, %d bands, row %s: sample %d is %d, want %.2f", p.name, bands, name, n, got[n], want[n])
					}
				}
				s.Close()
			}
		}
	}
}

// The row is the mask that libvips' gaussblur makes for itself.
func TestGaussRow(t *testing.T) {
	s := newScope(t)
	for _, sigma := range []float64{0.5, 1, 1.5, 2, 5, 7.5, 10, 33.3, 45, 50} {
		mask := must[*Image](t)(s.image("gaussmat", args{"sigma": sigma, "min_ampl": 0.2, "separable": true, "precision": 0}))
		row := GaussRow(sigma)
		if mask.Width() != len(row) {
			t.Errorf("sigma %v: the row has %d numbers, want %d", sigma, len(row), mask.Width())
			continue
		}
		for x, v := range row {
			if want := must[[]float64](t)(mask.Getpoint(x, 0)); want[0] != float64(v) {
				t.Errorf("sigma %v: number %d is %d, want %v", sigma, x, v, want[0])
			}
		}
	}
}

// An unsharp mask is within one level of the exact one, of a Gaussian of real numbers.
func TestUnsharp(t *testing.T) {
	const reach, sigma = 60, 20.0
	row := make([]float64, 2*reach+1)
	sum := 0.0
	for x := range row {
		row[x] = math.Exp(-float64((x-reach)*(x-reach)) / (2 * sigma * sigma))
		sum += row[x]
	}
	for _, p := range blurSamples {
		if p.height > 1 && p.name != "edge" {
			continue // one direction is enough, and quick
		}
		s := newScope(t)
		image, samples := sampled(t, s, 1, p.width, p.height, func(x, _, b int) byte { return p.sample(x, 0, b) })
		got := must[[]byte](t)(must[*Image](t)(image.Unsharp(GaussRowTo(reach, sigma), UnsharpOptions{Amount: 1.5, Threshold: 20})).Pixels())
		for n := range got {
			mean := 0.0
			for i, times := range row {
				x := min(max(n%p.width+i-reach, 0), p.width-1)
				mean += times / sum * float64(samples[x])
			}
			own := float64(samples[n])
			difference := own - mean
			if math.Abs(math.Abs(difference)-20) < 0.5 {
				continue // on the threshold
			}
			want := own
			if math.Abs(difference) > 20 {
				want = min(max(own+1.5*difference, 0), 255)
			}
			if math.Abs(float64(got[n])-want) > 1 {
				t.Fatalf("%s: sample %d is %d, want %.2f", p.name, n, got[n], want)
			}
		}
	}
}

func TestBlurRefuses(t *testing.T) {
	s := newScope(t)
	brick := solid(t, s, 8, 6, 200, 100, 50)
	for _, row := range []Row{nil, {1, 1}, {1, 2, 3}, {0}, {1, 128, 1}, {-1, 2, -1}} {
		if _, err := brick.Blur(row); err == nil {
			t.Errorf("%v was taken", row)
		}
	}
	wide := must[*Image](t)(brick.Cast(BandFormatUshort))
	if _, err := wide.Blur(GaussRow(5)); err == nil {
		t.Error("16 bits were taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	stopped := NewScope(ctx)
	defer stopped.Close()
	large := must[*Image](t)(must[*Image](t)(stopped.Black(3000, 3000, 3)).CopyMemory())
	time.AfterFunc(time.Millisecond, cancel)
	for range 1000 {
		if _, err := large.Blur(GaussRow(50)); err != nil {
			return
		}
	}
	t.Error("a blur went on after its context was done")
}
