//go:build cgo

package inprocess_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// Memory of originals and layers comes and goes. No image ever has what was there
// before or comes there next, whoever shares it or leaves, and nothing is left.
func TestFilesAreNotMixedUp(t *testing.T) {
	const shades, size = 8, 64
	shade := func(n int) uint8 { return uint8(20 + 30*n) }
	for name, tt := range map[string]struct {
		directives string
		more       int // bytes behind each image
		requests   int // of each client
	}{
		"workers":           {"images {\n cache off\n origin fs ROOT\n}", 100_000, 25},
		"in process":        {"images {\n cache off\n origin fs ROOT\n isolation off\n}", 100_000, 25},
		"next":              {"images {\n cache off\n origin next\n}\nroot ROOT\nfile_server", 100_000, 25},
		"large files":       {"images {\n cache off\n memory 2GiB\n origin fs ROOT\n}", 9 << 20, 6},
		"large, of next":    {"images {\n cache off\n memory 2GiB\n origin next\n}\nroot ROOT\nfile_server", 9 << 20, 6},
		"large, in process": {"images {\n cache off\n memory 2GiB\n origin fs ROOT\n isolation off\n}", 9 << 20, 6},
	} {
		t.Run(name, func(t *testing.T) {
			s, admin := administered(t, tt.directives)
			for n := range shades {
				plane := image.NewGray(image.Rect(0, 0, size, size))
				for i := range plane.Pix {
					plane.Pix[i] = shade(n)
				}
				var file bytes.Buffer
				if err := jpeg.Encode(&file, plane, &jpeg.Options{Quality: 100}); err != nil {
					t.Fatal(err)
				}
				file.Write(make([]byte, tt.more+n))
				if err := os.WriteFile(filepath.Join(s.root, fmt.Sprintf("shade%d.jpg", n)), file.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want := func(picture image.Image, x, y, n int) {
				if got := color.GrayModel.Convert(picture.At(x, y)).(color.Gray).Y; max(got, shade(n))-min(got, shade(n)) > 3 {
					t.Errorf("a shade of %d where %d was to be", got, shade(n))
				}
			}
			var clients sync.WaitGroup
			for client := range 8 {
				clients.Go(func() {
					random := rand.New(rand.NewPCG(1, uint64(client)))
					for range tt.requests {
						below, above := random.IntN(shades), random.IntN(shades)
						// So few widths that some are asked for by several at a time.
						url := fmt.Sprintf("%s/tr:w-%d,l-image,i-shade%d.jpg,w-8,h-8,lx-0,ly-0,l-end/shade%d.jpg", s.url, 40+random.IntN(3), above, below)
						ctx, leave := context.WithCancel(t.Context())
						r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
						if err != nil {
							t.Error(err)
							leave()
							return
						}
						if leaves := random.IntN(4) == 0; leaves {
							go leave()
						}
						if answer, err := http.DefaultClient.Do(r); err == nil {
							picture, err := jpeg.Decode(answer.Body)
							_ = answer.Body.Close()
							switch {
							case err == nil:
								want(picture, 4, 4, above)
								want(picture, 30, 30, below)
							case ctx.Err() == nil:
								t.Errorf("%s: %s, %v", url, answer.Status, err)
							}
						} else if ctx.Err() == nil {
							t.Error(err)
						}
						leave()
					}
				})
			}
			clients.Wait()
			until(t, "the memory", func() bool { return bodies(t, admin) == part{} })
		})
	}
}
