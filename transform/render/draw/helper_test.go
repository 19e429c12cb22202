//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	stderrors "errors"
	"fmt"
	"image"
	"image/color"
	stddraw "image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// newJob asks for the steps under the limits of a server that sets none.
func newJob(original []byte, output transform.Output, steps ...transform.Step) render.Job {
	return render.Job{
		Original: original,
		Plan:     transform.Plan{Steps: steps, Output: output},
		Limits: transform.Limits{
			MaxPixels:    transform.DefaultMaxPixels,
			MaxFrames:    transform.DefaultMaxFrames,
			MaxDimension: transform.DefaultMaxDimension,
		},
		Quality:      render.Quality{JPEG: 80, WebP: 80, AVIF: 60},
		QueueTimeout: time.Minute,
		Timeout:      time.Minute,
	}
}

// result draws a job that must not fail, and checks what it says about itself.
func result(t testing.TB, job render.Job) *render.Result {
	t.Helper()
	r, err := draw.Draw(context.Background(), job)
	if err != nil {
		t.Fatal(err)
	}
	if f, _ := sniff.Sniff(r.Body); string(f) != r.Format.String() {
		t.Fatalf("the body is %q, the result says %s", f, r.Format)
	}
	return r
}

// written returns the image as it looks in a format.
func written(t testing.TB, original []byte, output transform.Output, steps ...transform.Step) *image.NRGBA {
	t.Helper()
	r := result(t, newJob(original, output, steps...))
	i := decode(t, r.Body)
	if r.Frames == 1 {
		wantSize(t, i, r.Size.Width, r.Size.Height)
	}
	return i
}

// drawn returns what the steps make of the original; a lossless PNG shows
// every pixel as it is.
func drawn(t testing.TB, original []byte, steps ...transform.Step) *image.NRGBA {
	t.Helper()
	return written(t, original, transform.Output{Format: transform.PNG, Lossless: true}, steps...)
}

// failure draws a job that must fail with an error of the kind.
func failure(t testing.TB, job render.Job, kind errors.Kind) *errors.Error {
	t.Helper()
	r, err := draw.Draw(context.Background(), job)
	if err == nil {
		t.Fatalf("%s of %v, want an error of kind %s", r.Format, r.Size, kind.Code())
	}
	var e *errors.Error
	if !stderrors.As(err, &e) {
		t.Fatalf("%v, want an error of kind %s", err, kind.Code())
	}
	if e.Kind != kind {
		t.Fatalf("%v is %s, want %s", e, e.Kind.Code(), kind.Code())
	}
	return e
}

// decode decodes with Go what Go can decode, and the rest with libvips. Of an
// animated WebP it gives all frames, one below the other.
func decode(t testing.TB, body []byte) *image.NRGBA {
	t.Helper()
	format, _ := sniff.Sniff(body)
	var i image.Image
	var err error
	switch format {
	case sniff.PNG:
		i, err = png.Decode(bytes.NewReader(body))
	case sniff.JPEG:
		i, err = jpeg.Decode(bytes.NewReader(body))
	case sniff.GIF:
		i, err = gif.Decode(bytes.NewReader(body))
	default:
		return pixelsOf(t, opened(t, body))
	}
	if err != nil {
		t.Fatal(err)
	}
	return toNRGBA(i)
}

func toNRGBA(i image.Image) *image.NRGBA {
	switch i := i.(type) {
	case *image.NRGBA:
		return i
	case *image.RGBA:
		if i.Opaque() {
			return &image.NRGBA{Pix: i.Pix, Stride: i.Stride, Rect: i.Rect}
		}
	case *image.Paletted: // premultiplied, a faint colour would lose some of itself
		n := image.NewNRGBA(image.Rect(0, 0, i.Bounds().Dx(), i.Bounds().Dy()))
		for at, index := range i.Pix {
			n.SetNRGBA(at%i.Stride, at/i.Stride, color.NRGBAModel.Convert(i.Palette[index]).(color.NRGBA))
		}
		return n
	case *image.YCbCr, *image.Gray: // which package draw is quick at for RGBA only
		rgba := image.NewRGBA(image.Rect(0, 0, i.Bounds().Dx(), i.Bounds().Dy()))
		stddraw.Draw(rgba, rgba.Bounds(), i, i.Bounds().Min, stddraw.Src)
		return toNRGBA(rgba)
	}
	n := image.NewNRGBA(image.Rect(0, 0, i.Bounds().Dx(), i.Bounds().Dy()))
	stddraw.Draw(n, n.Bounds(), i, i.Bounds().Min, stddraw.Src)
	return n
}

// opened opens all pages of a file.
func opened(t testing.TB, body []byte) *vips.Image {
	t.Helper()
	scope := vips.NewScope(context.Background())
	t.Cleanup(scope.Close)
	format, ok := sniff.Sniff(body)
	if !ok {
		t.Fatalf("%d bytes that are not an image", len(body))
	}
	return must(scope.NewImageFromBuffer(body, format, vips.LoadOptions{Access: vips.Random, Pages: -1}))(t)
}

// pixelsOf reads an sRGB image of 8 bits.
func pixelsOf(t testing.TB, i *vips.Image) *image.NRGBA {
	t.Helper()
	samples, n := must(i.Pixels())(t), i.Bands()
	if i.BandFormat() != vips.BandFormatUchar || n < 3 {
		t.Fatalf("%d bands of type %v", n, i.BandFormat())
	}
	out := image.NewNRGBA(image.Rect(0, 0, i.Width(), i.Height()))
	for p := range i.Width() * i.Height() {
		out.Pix[4*p+3] = 255
		copy(out.Pix[4*p:], samples[n*p:n*p+n])
	}
	return out
}

// must is for calls that give a value and an error: must(f())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func wantSize(t testing.TB, i image.Image, w, h int) {
	t.Helper()
	if got := i.Bounds(); got.Dx() != w || got.Dy() != h {
		t.Fatalf("%dx%d, want %dx%d", got.Dx(), got.Dy(), w, h)
	}
}

// wantColor checks a pixel. Two transparent ones are equal, whatever their
// hidden colours.
func wantColor(t testing.TB, i *image.NRGBA, x, y int, want color.NRGBA, tolerance int) {
	t.Helper()
	if !(image.Point{X: x, Y: y}.In(i.Bounds())) {
		t.Errorf("(%d, %d) is outside of %v", x, y, i.Bounds())
		return
	}
	if got := i.NRGBAAt(x, y); distance(got, want) > tolerance {
		t.Errorf("(%d, %d) is %v, want %v within %d", x, y, got, want, tolerance)
	}
}

// wantEverywhere checks every pixel against a solid colour.
func wantEverywhere(t testing.TB, i *image.NRGBA, want color.NRGBA, tolerance int) {
	t.Helper()
	wantLike(t, i, solid(i.Bounds().Dx(), i.Bounds().Dy(), want), tolerance)
}

// wantLike checks every pixel against another image's.
func wantLike(t testing.TB, i, want *image.NRGBA, tolerance int) {
	t.Helper()
	wantSize(t, i, want.Bounds().Dx(), want.Bounds().Dy())
	bad, first := 0, ""
	for y := range i.Bounds().Dy() {
		// Most rows are the same, which is known a hundred times as fast.
		row := 4 * i.Bounds().Dx()
		if bytes.Equal(i.Pix[i.PixOffset(0, y):][:row], want.Pix[want.PixOffset(0, y):][:row]) {
			continue
		}
		for x := range i.Bounds().Dx() {
			if g, w := i.NRGBAAt(x, y), want.NRGBAAt(x, y); distance(g, w) > tolerance {
				if bad++; bad == 1 {
					first = fmt.Sprintf("(%d, %d) is %v, want %v", x, y, g, w)
				}
			}
		}
	}
	if bad > 0 {
		t.Errorf("%d pixels differ by more than %d; %s", bad, tolerance, first)
	}
}

// distance returns the largest difference of two pixels in any channel.
func distance(a, b color.NRGBA) int {
	d := apart(a.A, b.A)
	if a.A == 0 && b.A == 0 {
		return d
	}
	return max(d, apart(a.R, b.R), apart(a.G, b.G), apart(a.B, b.B))
}

// since reports whether libvips is of a version or newer, for what differs by version.
func since(t testing.TB, major, minor int) bool {
	t.Helper()
	var has struct{ major, minor int }
	if _, err := fmt.Sscanf(vips.Version(), "%d.%d", &has.major, &has.minor); err != nil {
		t.Fatal(err)
	}
	return has.major > major || has.major == major && has.minor >= minor
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

// wantMessage checks that an error names what it is about.
func wantMessage(t testing.TB, err *errors.Error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(err.Message, part) {
			t.Errorf("the message %q does not say %q", err.Message, part)
		}
	}
}

// wantTracked checks that libvips holds no more than before. Its threads give
// back what they hold when they end, which may be after the call that failed.
func wantTracked(t testing.TB, before vips.Stats) {
	t.Helper()
	var after vips.Stats
	for end := time.Now().Add(5 * time.Minute); time.Now().Before(end); runtime.Gosched() {
		if after = vips.Tracked(); after.Mem <= before.Mem && after.Allocs <= before.Allocs && after.Files <= before.Files {
			return
		}
	}
	t.Errorf("libvips holds %+v, before %+v", after, before)
}
