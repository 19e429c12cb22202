//go:build linux && cgo

package images_test

import (
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// 500 of our own: a picture that its worker dies of.
func TestStatusOfAnEngineThatBreaks(t *testing.T) {
	noWorkers(t)
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, slowSVG) })
	s := imagizerAt(t, addr, "workers 1")
	until(t, "a worker", func() bool { return len(workerPIDs(t)) == 1 })
	worker := workerPIDs(t)[0]
	before := ticksOf(t, worker)
	var client sync.WaitGroup
	client.Go(func() {
		cause{path: "/slow.svg?width=3000", status: 500, error: "EIO - ", fault: "server"}.check(t, s)
	})
	until(t, "the worker's work", func() bool { return ticksOf(t, worker) > before+20 })
	if err := syscall.Kill(worker, syscall.SIGSEGV); err != nil {
		t.Fatal(err)
	}
	client.Wait()
}

// 503: too much is going on, or there is too little memory for one more picture.
// When to come again is said.
func TestStatusesOfLoad(t *testing.T) {
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/small.svg" {
			fmt.Fprint(w, svg)
			return
		}
		fmt.Fprint(w, slowSVG)
	})
	for what, tt := range map[string]struct{ options, error string }{
		"high load":           {"workers 1\n queue_size 1\n queue_timeout 1m\n render_timeout 700ms", "EAGAIN - The server is busy; queue_size, 1, requests wait already"},
		"no turn in time":     {"workers 1\n queue_timeout 100ms\n render_timeout 700ms", "EAGAIN - The server is busy; "},
		"insufficient memory": {"workers 4\n memory 256MiB\n queue_timeout 100ms\n render_timeout 700ms", "EAGAIN - The server is busy; "},
	} {
		t.Run(what, func(t *testing.T) {
			noWorkers(t)
			s := imagizerAt(t, addr, tt.options)
			until(t, "a worker that is ready", func() bool { return s.get(t, "/small.svg?width=10").StatusCode == http.StatusOK })
			var clients sync.WaitGroup
			var mu sync.Mutex
			refused := 0
			for n := range 4 {
				clients.Go(func() {
					a := s.get(t, fmt.Sprintf("/slow.svg?width=%d", 3000-n))
					if a.StatusCode != http.StatusServiceUnavailable {
						return
					}
					mu.Lock()
					defer mu.Unlock()
					refused++
					after, err := strconv.Atoi(a.Header.Get("Retry-After"))
					if err != nil || after < 1 || !strings.HasPrefix(a.Header.Get("Ik-Error"), tt.error) || a.Header.Get("Cache-Control") != "no-store" {
						t.Errorf("%v", a.Header)
					}
				})
			}
			clients.Wait()
			if refused == 0 || refused == 4 {
				t.Fatalf("%d of 4 were refused", refused)
			}
			for _, line := range s.logged(t) {
				if line["code"] == "EAGAIN" && (line["fault"] != "server" || line["status"] != 503.0) {
					t.Errorf("the log line is %v", line)
				}
			}
		})
	}
}

// ticksOf is the processor time that a process has had.
func ticksOf(t *testing.T, pid int) int {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	ticks, err := strconv.Atoi(fields[11])
	if err != nil {
		t.Fatal(err)
	}
	return ticks
}
