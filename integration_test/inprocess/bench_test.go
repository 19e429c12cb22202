//go:build cgo

package inprocess_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	images "github.com/caddy-images/caddy-images"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// photo is a JPEG of 12 megapixels, 4000x3000, with the detail of a photograph:
// smooth shapes, edges, and some noise.
var photo = sync.OnceValue(func() []byte {
	const w, h = 4000, 3000
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	noise := uint32(1)
	for y := range h {
		for x := range w {
			noise = noise*1664525 + 1013904223
			v := 128 + 60*math.Sin(float64(x)/90)*math.Cos(float64(y)/70) + float64(noise>>28)
			if (x/250+y/250)%2 == 0 {
				v -= 40
			}
			img.Y[y*img.YStride+x] = uint8(v)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(96+i%img.CStride/32), uint8(160-i/img.CStride/32)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 90}); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// handler returns a handler, ready to serve, and the folder it serves from.
func handler(tb testing.TB, config string) (h *images.Handler, root string) {
	tb.Helper()
	root = tb.TempDir()
	h = new(images.Handler)
	if err := json.Unmarshal(bytes.ReplaceAll([]byte(config), []byte("ROOT"), []byte(root)), h); err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := caddy.NewContext(caddy.Context{Context: tb.Context()})
	tb.Cleanup(cancel)
	if err := h.Provision(ctx); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := h.Cleanup(); err != nil {
			tb.Error(err)
		}
	})
	return h, root
}

func ask(tb testing.TB, h *images.Handler, path, accept string) *httptest.ResponseRecorder {
	tb.Helper()
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Header.Set("Accept", accept)
	nothing := caddyhttp.HandlerFunc(func(http.ResponseWriter, *http.Request) error { return nil })
	if err := h.ServeHTTP(w, r, nothing); err != nil {
		tb.Fatal(err)
	}
	return w
}

// BenchmarkPhoto compares the handler with plain libvips at the same job: a
// photograph of 12 megapixels to 512 pixels.
//
//	go test -run - -bench Photo -benchtime 60x -count 5 ./integration_test/inprocess
//
// One job at a time shows what is added to it; what isolation costs when all
// processors are busy is BenchmarkOverhead's, in transform/render/workers.
func BenchmarkPhoto(b *testing.B) {
	for _, format := range []string{"jpeg", "webp"} {
		b.Run(format+"/libvips", func(b *testing.B) {
			original := photo()
			for b.Loop() {
				plain(b, original, format)
			}
		})
		for _, isolation := range []string{"off", "processes"} {
			b.Run(format+"/handler/isolation="+isolation, func(b *testing.B) {
				h, root := handler(b, `{"origins": [{"type": "fs", "root": "ROOT"}], "cache": {"off": true}, "isolation": "`+isolation+`"}`)
				if err := os.WriteFile(filepath.Join(root, "photo.jpg"), photo(), 0o600); err != nil {
					b.Fatal(err)
				}
				ask(b, h, "/photo.jpg?tr=w-512", "") // starts what there is to start
				for b.Loop() {
					ask(b, h, "/photo.jpg?tr=w-512,f-"+format, "")
				}
			})
		}
	}
}

// plain is the job as one would write it with libvips alone.
func plain(b *testing.B, original []byte, format string) {
	scope := vips.NewScope(b.Context())
	defer scope.Close()
	image, err := scope.NewImageFromBuffer(original, sniff.JPEG, vips.LoadOptions{Shrink: 4})
	if err != nil {
		b.Fatal(err)
	}
	if image, err = image.Resize(512/float64(image.Width()), 384/float64(image.Height()), vips.KernelLanczos3); err != nil {
		b.Fatal(err)
	}
	if format == "webp" {
		_, err = image.ExportWebp(vips.WebpOptions{Quality: 77, Effort: 2, SmartSubsample: true})
	} else {
		_, err = image.ExportJpeg(vips.JpegOptions{Quality: 80, OptimizeCoding: true})
	}
	if err != nil {
		b.Fatal(err)
	}
}

// The original is in memory once, however many steps it goes through.
func TestOriginalIsNotCopied(t *testing.T) {
	h, root := handler(t, `{"origins": [{"type": "fs", "root": "ROOT"}], "cache": {"off": true}}`)
	original := photo()
	if err := os.WriteFile(filepath.Join(root, "photo.jpg"), original, 0o600); err != nil {
		t.Fatal(err)
	}
	ask(t, h, "/photo.jpg?tr=w-512", "") // whatever is allocated once
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w := ask(t, h, "/photo.jpg?tr=w-512", "")
	runtime.ReadMemStats(&after)
	// The answer is there twice: as libvips wrote it, and in the recorder.
	const small = 1 << 20
	allocated, limit := after.TotalAlloc-before.TotalAlloc, uint64(len(original)+4*w.Body.Len()+small)
	if allocated > limit {
		t.Errorf("%d bytes allocated for an original of %d, more than %d", allocated, len(original), limit)
	}
}

// TestPhotoLooksRight keeps the benchmark honest.
func TestPhotoLooksRight(t *testing.T) {
	h, root := handler(t, `{"origins": [{"type": "fs", "root": "ROOT"}]}`)
	if err := os.WriteFile(filepath.Join(root, "photo.jpg"), photo(), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(ask(t, h, "/photo.jpg?tr=w-512", "").Body)
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds().Dx() != 512 || got.Bounds().Dy() != 384 {
		t.Fatalf("the size is %v", got.Bounds())
	}
	// The middle of a dark and of a bright field of the chequer, far from edges.
	whole, err := jpeg.Decode(bytes.NewReader(photo()))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []image.Point{{48, 48}, {80, 48}, {400, 304}} {
		want := mean(whole, p.X*4000/512, p.Y*3000/384)
		if y := color.GrayModel.Convert(got.At(p.X, p.Y)).(color.Gray).Y; math.Abs(float64(y)-want) > 8 {
			t.Errorf("at %v brightness is %d, want about %.0f", p, y, want)
		}
	}
}

func mean(img image.Image, x, y int) float64 {
	sum := 0.0
	for dy := -4; dy < 4; dy++ {
		for dx := -4; dx < 4; dx++ {
			sum += float64(color.GrayModel.Convert(img.At(x+dx, y+dy)).(color.Gray).Y)
		}
	}
	return sum / 64
}
