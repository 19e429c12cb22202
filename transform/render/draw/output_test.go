//go:build cgo

package draw_test

import (
	"bytes"
	"fmt"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// noise has detail everywhere, so that an encoder has something to give up.
func noise(t testing.TB, w, h int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	return asPNG(t, paint(w, h, func(x, y int) color.NRGBA {
		n := random.IntN(60)
		return color.NRGBA{uint8(x*150/w + n), uint8(y*150/h + n), uint8(100 + n), 255}
	}))
}

func TestQuality(t *testing.T) {
	original := noise(t, 200, 150)
	for _, format := range []transform.Format{transform.JPEG, transform.WebP, transform.AVIF} {
		last := 0
		for _, quality := range []int{10, 40, 70, 95} {
			size := len(result(t, newJob(original, transform.Output{Format: format, Quality: quality}, transform.Step{})).Body)
			if size <= last {
				t.Errorf("%s of quality %d has %d bytes, the one before %d", format, quality, size, last)
			}
			last = size
		}
	}
}

// A plan that names no quality has the server's.
func TestQualityDefault(t *testing.T) {
	original := noise(t, 60, 60)
	for _, format := range []transform.Format{transform.JPEG, transform.WebP, transform.AVIF} {
		job := newJob(original, transform.Output{Format: format}, transform.Step{})
		job.Quality.JPEG, job.Quality.WebP, job.Quality.AVIF = 31, 32, 33
		named := job
		named.Plan.Output.Quality = job.Quality.Of(format)
		if !bytes.Equal(result(t, job).Body, result(t, named).Body) {
			t.Errorf("%s of the server's quality differs from one that names it", format)
		}
	}
}

// The frame header of a JPEG tells how it is coded (ITU-T T.81, table B.1).
func TestProgressive(t *testing.T) {
	for progressive, marker := range map[bool]byte{false: 0xc0, true: 0xc2} {
		r := result(t, newJob(noise(t, 60, 60), transform.Output{Format: transform.JPEG, Progressive: progressive}, transform.Step{}))
		if !bytes.Contains(r.Body, []byte{0xff, marker, 0, 17, 8, 0, 60, 0, 60}) {
			t.Errorf("progressive %v: no marker %#x", progressive, marker)
		}
	}
}

func TestLossless(t *testing.T) {
	want := paint(60, 40, func(x, y int) color.NRGBA {
		return color.NRGBA{uint8(x * 7), uint8(y * 13), uint8(x * y), uint8(55 + 5*y)}
	})
	wantLike(t, written(t, asPNG(t, want), transform.Output{Format: transform.WebP, Lossless: true}), want, 0)
	lossless := len(result(t, newJob(noise(t, 60, 60), transform.Output{Format: transform.WebP, Lossless: true})).Body)
	lossy := len(result(t, newJob(noise(t, 60, 60), transform.Output{Format: transform.WebP})).Body)
	if lossless <= lossy {
		t.Errorf("lossless has %d bytes, lossy %d", lossless, lossy)
	}
	// An AVIF's loses nothing but the rounding of RGB to YCbCr of 8 bits.
	board := paint(64, 64, func(x, y int) color.NRGBA { return []color.NRGBA{red, green, blue}[(x+y)%3] })
	wantLike(t, written(t, asPNG(t, board), transform.Output{Format: transform.AVIF, Lossless: true}), board, 4)
}

// Without a background a JPEG of a transparent image is white.
func TestTransparentToJPEG(t *testing.T) {
	for _, test := range []struct{ original, want color.NRGBA }{
		{clear, white}, {color.NRGBA{0, 0, 0, 128}, tone(127)}, {color.NRGBA{0, 200, 0, 0}, white}, {red, red},
	} {
		for kind, original := range map[string][]byte{"png": asPNG(t, solid(20, 20, test.original)), "webp": asWebP(t, solid(20, 20, test.original))} {
			t.Run(fmt.Sprint(kind, test.original), func(t *testing.T) {
				wantEverywhere(t, written(t, original, transform.Output{Format: transform.JPEG}), test.want, 3)
				wantEverywhere(t, written(t, original, transform.Output{Format: transform.JPEG}, sized(10, 0, transform.Cover, 0)), test.want, 3)
			})
		}
	}
}

// The same job gives the same bytes: an ETag depends on it.
func TestRepeatable(t *testing.T) {
	for _, format := range writable {
		job := newJob(noise(t, 100, 80), transform.Output{Format: format}, sized(40, 0, transform.Cover, 0))
		if !bytes.Equal(result(t, job).Body, result(t, job).Body) {
			t.Errorf("%s differs from one time to the next", format)
		}
	}
}
