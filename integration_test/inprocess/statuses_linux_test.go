//go:build linux && cgo

package inprocess_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/caddy-images/caddy-images/internal/engines"
)

// 500 of our own: an image that its worker dies of.
func TestStatusOfAnEngineThatBreaks(t *testing.T) {
	noWorkers(t)
	s := imagizerAt(t, backend(t, slowly), "workers 1\n render_timeout 1h\n backend_timeout 1h")
	worker := ready(t, 1)[0]
	before := cpuTime(t, worker)
	var client sync.WaitGroup
	client.Go(func() {
		cause{path: "/slow.jpg?width=3000&format=avif", status: 500, error: "EIO - ", fault: "server"}.check(t, s)
	})
	untilDrawing(t, worker, before)
	if err := syscall.Kill(worker, syscall.SIGSEGV); err != nil {
		t.Fatal(err)
	}
	client.Wait()
}

// 503: too much is going on, or there is too little memory for one more
// image. When to come again is said.
func TestStatusesOfLoad(t *testing.T) {
	for what, tt := range map[string]struct {
		options string
		workers int
		atWork  int // how many are drawn
		waiting int // and how many wait for their turn, before the one that is refused
		error   string
	}{
		"high load":           {"workers 1\n queue_size 1\n queue_timeout 1h", 1, 1, 1, "EAGAIN - The server is busy; queue_size, 1, requests are waiting"},
		"no turn in time":     {"workers 1\n queue_timeout 100ms", 1, 1, 0, "EAGAIN - The server is busy; "},
		"insufficient memory": {"workers 4\n memory 448MiB\n queue_timeout 100ms", 4, 1, 0, "EAGAIN - The server is busy; "},
	} {
		t.Run(what, func(t *testing.T) {
			noWorkers(t)
			s := imagizerAt(t, backend(t, slowly), tt.options+"\n render_timeout 1h\n backend_timeout 1h")
			freeze(t, tt.workers)
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			ask := func(width int) {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/slow.jpg?width=%d&format=avif", s.url, width), nil)
				if err != nil {
					t.Error(err)
					return
				}
				go func() {
					if resp, err := http.DefaultClient.Do(r); err == nil {
						resp.Body.Close()
						t.Errorf("who is at work was answered with %d", resp.StatusCode)
					}
				}()
			}
			for n := range tt.atWork {
				ask(3000 - n)
				untilBusy(t, n+1)
			}
			for n := range tt.waiting {
				ask(2000 - n)
				until(t, "one that waits", func() bool { return waitingNow() == n+1 })
			}
			a := s.get(t, "/slow.jpg?width=2990&format=avif")
			a.wants(t, http.StatusServiceUnavailable, "Cache-Control", "no-store")
			if after, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || after < 1 || !strings.HasPrefix(a.Header.Get("Ik-Error"), tt.error) {
				t.Errorf("%v", a.Header)
			}
			until(t, "a log line", func() bool { return len(s.logged(t)) > 0 })
			if line := s.logged(t)[0]; line["code"] != "EAGAIN" || line["fault"] != "server" || line["status"] != 503.0 {
				t.Errorf("the log line is %v", line)
			}
		})
	}
}

// 504: rendering takes longer than is left of backend_timeout.
func TestStatusOfRenderingTooLong(t *testing.T) {
	noWorkers(t)
	s := imagizerAt(t, backend(t, slowly), "workers 1\n render_timeout 1h\n backend_timeout 3s")
	freeze(t, 1)
	cause{path: "/slow.jpg?width=3000&format=avif", status: 504, error: "ETIMEDOUT - ", fault: "server"}.check(t, s)
}

// 499: whoever leaves while the image is drawn stops the work.
func TestStatusOfAClientThatLeavesAPicture(t *testing.T) {
	noWorkers(t)
	s := imagizerAt(t, backend(t, slowly), "workers 1\n queue_timeout 10m\n render_timeout 1h\n backend_timeout 1h")
	freeze(t, 1)
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/slow.jpg?width=3000&format=avif", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		untilBusy(t, 1)
		leave()
	}()
	if resp, err := http.DefaultClient.Do(r); err == nil {
		resp.Body.Close()
		t.Fatal("the request was answered")
	}
	cause{status: 499, error: "ECANCELED", fault: "client"}.checkLog(t, s, 0)
	s.get(t, "/small.svg?width=10").wantsSize(t, 10, 8) // by the one worker, which is another one now
}

// slowly answers with an image that takes long to draw, or with a small one.
func slowly(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/small.svg" {
		fmt.Fprint(w, svg)
		return
	}
	_, _ = w.Write(photo())
}

// waitingNow returns how many jobs wait for their turn.
func waitingNow() (waiting int) {
	for _, q := range engines.QueueStates() {
		waiting += q.Waiting
	}
	return waiting
}
