//go:build linux && cgo

package inprocess_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/internal/long"
)

// Two hundred clients at once, with images of 1 to 50 megapixels, for two
// workers: each gets its image or is told politely to come again; what
// workers take stays within `memory`; and then the server draws as before.
func TestManyClients(t *testing.T) {
	noWorkers(t)
	const budget = 256 << 20
	s := serve(t, "images {\n cache off\n origin fs ROOT\n workers 2\n memory 256MiB\n queue_size 100\n queue_timeout 1h\n render_timeout 1h\n}")
	sizes := []image.Point{{1200, 900}, {2400, 1800}, {4000, 3000}, {6000, 4000}, {8192, 6144}}
	if !long.Wanted() {
		sizes = []image.Point{{400, 300}, {1200, 900}, {2400, 1800}}
	}
	for n, size := range sizes {
		writeJPEG(t, filepath.Join(s.root, fmt.Sprintf("large%d.jpg", n)), size)
	}
	until(t, "two workers", func() bool { return len(workerPIDs(t)) == 2 })
	idle := privateOfWorkers(t)

	var most int64
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		for tick := time.Tick(5 * time.Millisecond); ; {
			select {
			case <-tick:
				most = max(most, privateOfWorkers(t))
			case <-done:
				return
			}
		}
	}()
	var clients sync.WaitGroup
	var drawn, busy atomic.Int64
	for n := range 200 {
		clients.Go(func() {
			// Small ones, and some that are blurred whole, or turned.
			width := 40 + n
			query := []string{"", ",bl-3", ",rt-90,f-png", ",f-webp"}[n/len(sizes)%4]
			original := sizes[n%len(sizes)]
			path := fmt.Sprintf("/tr:w-%d%s/large%d.jpg", width, query, n%len(sizes))
			if n%20 == 0 {
				path = fmt.Sprintf("/tr:bl-2,w-%d/large%d.jpg", original.X/2+n, n%len(sizes))
				width = original.X/2 + n
			}
			a := s.get(t, path)
			switch a.StatusCode {
			case http.StatusOK:
				drawn.Add(1)
				if strings.HasSuffix(query, "webp") && n%20 != 0 {
					return // not for Go to read
				}
				config, _, err := image.DecodeConfig(bytes.NewReader(a.body))
				if err != nil {
					t.Errorf("%s: %v", path, err)
				} else if got := max(config.Width, config.Height); got != width && query != ",rt-90,f-png" {
					t.Errorf("%s: %dx%d", path, config.Width, config.Height)
				}
			case http.StatusServiceUnavailable:
				busy.Add(1)
				if after, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || after < 1 {
					t.Errorf("%s: 503 with Retry-After %q", path, a.Header.Get("Retry-After"))
				}
			default:
				t.Errorf("%s: status %d, %s", path, a.StatusCode, a.Header.Get("Ik-Error"))
			}
		})
	}
	clients.Wait()
	close(done)
	<-watched
	t.Logf("%d drawn, %d told to come again; workers took %d MiB, and %d at first", drawn.Load(), busy.Load(), most>>20, idle>>20)
	// Two are drawn and a hundred wait; who comes when a place is free is drawn, too.
	if drawn.Load() < 100 {
		t.Errorf("only %d of 200 got their picture", drawn.Load())
	}
	// Besides the budget there is what each worker has without an image, and
	// keeps after one.
	if limit := int64(budget) + idle + 2*64<<20; most > limit {
		t.Errorf("workers took %d MiB, more than %d", most>>20, limit>>20)
	}
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
}

// writeJPEG writes an image of the size, of some detail.
func writeJPEG(t *testing.T, name string, size image.Point) {
	t.Helper()
	img := image.NewYCbCr(image.Rectangle{Max: size}, image.YCbCrSubsampleRatio420)
	for y := range size.Y {
		row := img.Y[y*img.YStride:][:size.X]
		for x := range row {
			row[x] = uint8(x/16 ^ y/16)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 90, 170
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

// privateOfWorkers returns the memory of all workers together that is not a
// file's, and not shared.
func privateOfWorkers(t *testing.T) (sum int64) {
	for _, pid := range workerPIDs(t) {
		statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			continue // it ended
		}
		var size, resident, shared int64
		if _, err := fmt.Sscan(string(statm), &size, &resident, &shared); err != nil {
			t.Error(err)
		}
		sum += (resident - shared) * int64(os.Getpagesize())
	}
	return sum
}
