//go:build linux && cgo

package inprocess_test

import (
	"fmt"
	"image"
	"net/http"
	"sync"
	"syscall"
	"testing"
)

// Under load an AVIF or a PNG is made with less effort. It is another file, under
// another strong tag, and both tags stay good: whoever has either need not load it
// again.
func TestInHaste(t *testing.T) {
	for _, format := range []string{"avif", "png"} {
		t.Run(format, func(t *testing.T) { testInHaste(t, "/tr:w-%d,f-"+format+"/photo.jpg") })
	}
}

func testInHaste(t *testing.T, url string) {
	noWorkers(t)
	s := serve(t, "images {\n cache off\n origin fs ROOT\n workers 1\n queue_timeout 1h\n render_timeout 1h\n}")
	// Grain, as photographs have it: what is flat is written the same way with reduced effort.
	s.originals(t, map[string][]byte{"photo.jpg": located(t, grainy(600, 400), 90, 1)})
	// The worker stands still until all have come, so that how fast they come is no matter.
	worker := ready(t, 1)[0]
	if err := syscall.Kill(worker, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	var clients sync.WaitGroup
	tags := make([]string, 16)
	bodies := make([][]byte, len(tags))
	for n := range tags {
		clients.Go(func() {
			a := s.get(t, fmt.Sprintf(url, 400+n))
			a.wants(t, http.StatusOK)
			tags[n], bodies[n] = a.Header.Get("ETag"), a.body
		})
	}
	until(t, "the queue of all but one", func() bool { return waitingNow() == len(tags)-1 })
	if err := syscall.Kill(worker, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	clients.Wait()
	others := 0
	for n, tag := range tags {
		path := fmt.Sprintf(url, 400+n)
		calm := s.get(t, path)
		same := string(calm.body) == string(bodies[n])
		if (calm.Header.Get("ETag") == tag) != same {
			t.Errorf("%s: tags %s and %s, equal bytes: %t", path, tag, calm.Header.Get("ETag"), same)
		}
		if !same {
			others++
		}
		s.get(t, path, "If-None-Match", tag).wants(t, http.StatusNotModified, "ETag", tag)
		s.get(t, path, "If-None-Match", `"other", `+tag).wants(t, http.StatusNotModified, "ETag", tag)
	}
	if others == 0 {
		t.Error("none of them was made with reduced effort")
	}
	s.get(t, fmt.Sprintf(url, 400), "If-None-Match", tags[1]).wants(t, http.StatusOK)
	s.get(t, fmt.Sprintf(url, 400), "If-Match", `"other"`).wants(t, http.StatusPreconditionFailed)
}

// grainy returns an image that packs as photographs do: even changes, and a
// little noise.
func grainy(width, height int) *image.NRGBA {
	m := noise(width, height)
	for i, v := range m.Pix {
		x, y := i/4%width, i/4/width
		switch i % 4 {
		case 0:
			m.Pix[i] = uint8(x/4) + v>>5
		case 1:
			m.Pix[i] = uint8(y/4) + v>>4
		case 2:
			m.Pix[i] = uint8((x+y)/5) + v>>6
		}
	}
	return m
}
