//go:build cgo

package inprocess_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// An image that would take more than the whole budget is refused before it is
// opened, by a message that says so; its neighbours are not.
func TestMemory(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n memory 64MiB\n}")
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	a := s.get(t, "/tr:w-4000,f-webp,lo-true/red.jpg")
	a.wants(t, http.StatusBadRequest)
	if message := a.Header.Get("ik-error"); !strings.HasPrefix(message, "ELIMIT - Rendering this would take about ") ||
		!strings.HasSuffix(message, " MB of memory, more than the part of memory for rendering, 41 MB") {
		t.Errorf("ik-error: %s", message)
	}
}

// What would take too much processor time is refused before a pixel is decoded, in
// whichever way it is asked for.
func TestMaxCost(t *testing.T) {
	t.Setenv("CADDY_IMAGES_TOKEN", "s3cret-token")
	refused := func(a answer, limit string) {
		t.Helper()
		a.wants(t, http.StatusBadRequest)
		if message := a.Header.Get("ik-error"); !strings.HasPrefix(message, "ELIMIT - Rendering this would take about ") ||
			!strings.HasSuffix(message, " of processor time, more than max_cost, "+limit) {
			t.Errorf("ik-error: %s", message)
		}
	}
	s := serve(t, `@imagizer path /img/* /img
handle @imagizer {
	images {
		dialect imagizer {
			endpoint /img
			post {
				token {env.CADDY_IMAGES_TOKEN}
			}
		}
		origin fs ROOT
		max_cost 100ms
	}
}
handle /usual/* {
	images {
		dialect imagekit {
			endpoint /usual
		}
		origin fs ROOT
	}
}
handle {
	images {
		origin fs ROOT
		max_cost 100ms
	}
}`)
	if err := os.WriteFile(filepath.Join(s.root, "blink.gif"), blinking(t), 0o600); err != nil {
		t.Fatal(err)
	}
	picture, err := os.ReadFile(filepath.Join(s.root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	s.get(t, "/img/red.jpg?width=100").wantsSize(t, 100, 75)
	s.sendForm(t, "/img", picture, "width", "100").wantsSize(t, 100, 75)
	s.get(t, "/tr:w-4/blink.gif").wantsSize(t, 4, 4)
	for _, path := range []string{
		"/tr:w-2500,f-png/red.jpg",
		"/red.jpg?tr=w-2500,f-png",
		"/tr:w-2500:w-10/red.jpg",
		"/tr:w-10,l-image,i-red.jpg,w-2500,bl-90,l-end/red.jpg",
		"/tr:w-700,f-webp/blink.gif",
		"/img/red.jpg?width=2500&upscale=true&format=png",
		"/img/red.jpg?width=2500&upscale=true&blur=90",
	} {
		refused(s.get(t, path), "100ms")
	}
	refused(s.sendForm(t, "/img", picture, "width", "2500", "upscale", "true", "format", "png"), "100ms")

	// The default is not an obstacle to what is large, but to what is long,
	// too.
	s.get(t, "/usual/tr:w-2500/red.jpg").wantsSize(t, 2500, 1875)
	refused(s.get(t, "/usual/tr:w-4000"+strings.Repeat(":e-usm-0-100-1-0", 20)+"/red.jpg"), "20s")
}

// Past queue_size clients are told at once to come again, and when. All
// others get their image.
func TestQueueSize(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n workers 1\n queue_size 1\n queue_timeout 1m\n}")
	var clients sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for i := range 12 {
		clients.Go(func() {
			a := s.get(t, "/tr:w-"+strconv.Itoa(2500+i)+",f-png/red.jpg")
			mu.Lock()
			defer mu.Unlock()
			statuses[a.StatusCode]++
			if a.StatusCode != http.StatusServiceUnavailable {
				return
			}
			if after, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || after < 1 || after > 60 {
				t.Errorf("Retry-After: %s", a.Header.Get("Retry-After"))
			}
			if want := "EAGAIN - The server is busy; queue_size, 1, requests are waiting"; a.Header.Get("ik-error") != want {
				t.Errorf("ik-error: %s", a.Header.Get("ik-error"))
			}
		})
	}
	clients.Wait()
	if statuses[200] < 2 || statuses[503] == 0 || statuses[200]+statuses[503] != 12 {
		t.Errorf("answers by status: %v", statuses)
	}
}

// What decides whether AVIF is chosen is part of the entity tag, so that no
// tag stands for two images (RFC 9110 section 8.8.1); where AVIF is not a
// choice it is none of the tag's business.
func TestEntityTagKnowsAVIFLimit(t *testing.T) {
	tags := map[string]map[string]string{}
	s := serve(t, "respond nothing")
	for _, timeout := range []string{"30s", "1ms"} {
		directives := "images {\n origin fs " + s.root + "\n formats avif webp\n isolation off\n render_timeout " + timeout + "\n}"
		if err := load(t, s.config(portOf(t, s), directives)); err != nil {
			t.Fatal(err)
		}
		tags[timeout] = map[string]string{}
		for _, accept := range []string{"image/avif,image/webp", "image/webp"} {
			a := s.ask(t, http.MethodGet, "/tr:w-20/red.jpg", "Accept", accept, "If-Match", `"none"`)
			a.wants(t, http.StatusPreconditionFailed)
			tags[timeout][accept] = a.Header.Get("ETag")
		}
	}
	if a, b := tags["30s"]["image/avif,image/webp"], tags["1ms"]["image/avif,image/webp"]; a == b || a == "" {
		t.Errorf("with AVIF: %s and %s", a, b)
	}
	if a, b := tags["30s"]["image/webp"], tags["1ms"]["image/webp"]; a != b {
		t.Errorf("without AVIF: %s and %s", a, b)
	}
}
