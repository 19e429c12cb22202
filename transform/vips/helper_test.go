//go:build cgo

package vips

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// patience is how long tests wait for what must happen: the machine may have other
// work.
const patience = 5 * time.Minute

func newScope(t testing.TB) *Scope {
	t.Helper()
	s := NewScope(context.Background())
	t.Cleanup(s.Close)
	return s
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func solid(t testing.TB, s *Scope, width, height int, colour ...float64) *Image {
	t.Helper()
	return must[*Image](t)(s.NewSolid(width, height, colour...))
}

func open(t testing.TB, s *Scope, buf []byte, opts LoadOptions) *Image {
	t.Helper()
	format, ok := sniff.Sniff(buf)
	if !ok {
		t.Fatal("unknown format")
	}
	return must[*Image](t)(s.NewImageFromBuffer(buf, format, opts))
}

func goPicture(width, height int, c color.NRGBA) image.Image {
	picture := image.NewNRGBA(image.Rect(0, 0, width, height))
	for n := 0; n < len(picture.Pix); n += 4 {
		copy(picture.Pix[n:], []byte{c.R, c.G, c.B, c.A})
	}
	return picture
}

func goPNG(t testing.TB, width, height int, c color.NRGBA) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, goPicture(width, height, c)); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func goJPEG(t testing.TB, width, height int, c color.NRGBA) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, goPicture(width, height, c), nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func wantPixel(t testing.TB, i *Image, x, y int, tolerance float64, want ...float64) {
	t.Helper()
	got := must[[]float64](t)(i.Getpoint(x, y))
	if len(got) != len(want) {
		t.Fatalf("pixel (%d, %d) = %v, want %v", x, y, got, want)
	}
	for n := range want {
		if math.Abs(got[n]-want[n]) > tolerance {
			t.Fatalf("pixel (%d, %d) = %v, want %v within %v", x, y, got, want, tolerance)
		}
	}
}

func wantSize(t testing.TB, i *Image, width, height int) {
	t.Helper()
	if i.Width() != width || i.Height() != height {
		t.Fatalf("%d x %d, want %d x %d", i.Width(), i.Height(), width, height)
	}
}
