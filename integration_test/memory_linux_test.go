package integration_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color/palette"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/caddy-images/caddy-images/internal/long"
)

// Ten thousand mixed images leave Caddy as large as a hundred did, within a
// tenth, and its workers within what they may hold.
func TestMemoryStaysPut(t *testing.T) {
	long.Only(t)
	dir := t.TempDir()
	writeMix(t, dir)
	// The race detector's memory is not what this is about.
	plain := filepath.Join(t.TempDir(), "caddy")
	build := exec.Command("go", "build", "-o", plain, "./cmd/caddy")
	build.Dir = root(t)
	run(t, build)
	s := startProgram(t, plain, `http://127.0.0.1:{$PORT} {
	images {
		cache off
		workers 2
		origin fs {$ORIGINALS}
	}
}
`, "ORIGINALS="+dir)

	s.render(t, 0, 100)
	few := s.resident(t)
	s.render(t, 100, 10_000)
	many := s.resident(t)
	workers := 0
	for _, pid := range childrenOf(t, s.pid) {
		workers++
		// Package workers replaces one that holds more when it has ended its job.
		if size := residentOf(t, pid); size > 512<<20 {
			t.Errorf("a worker holds %d MiB", size>>20)
		} else {
			t.Logf("a worker holds %d MiB", size>>20)
		}
	}
	t.Logf("Caddy holds %.1f MB after 100 pictures, %.1f MB after 10,000", float64(few)/1e6, float64(many)/1e6)
	if many > few+few/10 {
		t.Errorf("Caddy grew from %d to %d bytes", few, many)
	}
	if workers != 2 {
		t.Errorf("there are %d workers", workers)
	}
	if strings.Count(s.logs(), "serving initial configuration") != 1 {
		t.Error("Caddy started anew")
	}
}

// mix are what is asked for, of each original.
var mix = []string{"w-100", "w-64,h-64", "h-40,f-webp", "w-200,bl-5", "w-150,rt-30,f-png", "w-90,h-90,cm-pad_resize,r-max", "w-50,e-sharpen,e-contrast", "w-120,h-60,fo-auto", "w-33,f-gif", "q-101"}

// render asks for the images from one number up to another, with two clients
// at a time. One in ten is an error.
func (s *server) render(t *testing.T, from, to int) {
	t.Helper()
	var next, wrong atomic.Int64
	next.Store(int64(from))
	var clients sync.WaitGroup
	for range 2 {
		clients.Go(func() {
			for n := int(next.Add(1)) - 1; n < to; n = int(next.Add(1)) - 1 {
				tr := mix[n%len(mix)]
				want := http.StatusOK
				if tr == "q-101" {
					want = http.StatusBadRequest
				}
				// Another width is another variant.
				url := fmt.Sprintf("%s/tr:%s:w-%d/%s", s.URL, tr, 20+n%60, originals[n/len(mix)%len(originals)])
				response, err := http.Get(url)
				if err != nil {
					t.Error(err)
					return
				}
				_, err = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if (err != nil || response.StatusCode != want) && wrong.Add(1) < 5 {
					t.Errorf("%s\nanswers %d, ik-error %q, %v", url, response.StatusCode, response.Header.Get("ik-error"), err)
				}
			}
		})
	}
	clients.Wait()
}

var originals = []string{"small.png", "noise.jpg", "large.jpg", "moving.gif", "alpha.png"}

func writeMix(t *testing.T, dir string) {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	noise := func(w, h int) *image.NRGBA {
		i := image.NewNRGBA(image.Rect(0, 0, w, h))
		for p := range i.Pix {
			i.Pix[p] = uint8(random.Uint32())
		}
		return i
	}
	var moving gif.GIF
	for range 4 {
		frame := image.NewPaletted(image.Rect(0, 0, 60, 60), palette.Plan9)
		draw.Draw(frame, frame.Rect, noise(60, 60), image.Point{}, draw.Src)
		moving.Image, moving.Delay = append(moving.Image, frame), append(moving.Delay, 10)
	}
	opaque := func(i *image.NRGBA) *image.RGBA {
		o := image.NewRGBA(i.Rect)
		draw.Draw(o, i.Rect, image.White, image.Point{}, draw.Src)
		draw.Draw(o, i.Rect, i, image.Point{}, draw.Over)
		return o
	}
	for name, encode := range map[string]func(io.Writer) error{
		"small.png":  func(w io.Writer) error { return png.Encode(w, opaque(noise(80, 60))) },
		"noise.jpg":  func(w io.Writer) error { return jpeg.Encode(w, opaque(noise(300, 200)), nil) },
		"large.jpg":  func(w io.Writer) error { return jpeg.Encode(w, opaque(noise(1200, 800)), nil) },
		"moving.gif": func(w io.Writer) error { return gif.EncodeAll(w, &moving) },
		"alpha.png":  func(w io.Writer) error { return png.Encode(w, noise(100, 100)) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// resident returns what Caddy itself holds, without its workers.
func (s *server) resident(t *testing.T) int64 {
	t.Helper()
	return residentOf(t, s.pid)
}

// residentOf returns a process's anonymous memory and its share of files.
func residentOf(t *testing.T, pid int) int64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if kilobytes, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(kilobytes), " kB"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n << 10
		}
	}
	t.Fatalf("process %d has no VmRSS", pid)
	return 0
}

func childrenOf(t *testing.T, pid int) (children []int) {
	t.Helper()
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended
		}
		for _, field := range strings.Fields(string(text)) {
			child, err := strconv.Atoi(field)
			if err != nil {
				t.Fatal(err)
			}
			children = append(children, child)
		}
	}
	return children
}
