//go:build linux && cgo

package inprocess_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A client that leaves while its AVIF is encoded, which no library can interrupt,
// is counted as nginx's 499, and what was done for it stops: its worker is killed.
func TestMetricsOfAClientThatLeaves(t *testing.T) {
	noWorkers(t)
	s := metered(t, "images {\n origin fs ROOT\n workers 1\n render_timeout 1h\n}")
	freeze(t, 1) // as a codec is that cannot be interrupted
	if err := os.WriteFile(filepath.Join(s.root, "photo.jpg"), photo(), 0o600); err != nil {
		t.Fatal(err)
	}
	before := s.readings(t)
	ctx, leave := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/tr:f-avif/photo.jpg", nil)
	if err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if resp, err := http.DefaultClient.Do(r); err == nil {
			_, _ = io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			t.Errorf("the request was answered with %d", resp.StatusCode)
		}
	}()
	untilBusy(t, 1)
	if now := s.readings(t); now["jobs_running"] != 1 || now["workers_busy"] != 1 || now["memory_admitted_bytes"] < 100<<20 {
		t.Errorf("while it is encoded: %v", now)
	}
	leave()
	<-gone
	until(t, "the end of the work", func() bool {
		now := s.readings(t)
		return now["jobs_running"] == 0 && now["workers_busy"] == 0 && now["memory_admitted_bytes"] == 0 && now["workers"] == 1 &&
			now.since(before)[`worker_ends_total{reason="cancelled"}`] == 1
	})
	s.counts(t, before, readings{
		requests(499, "ECANCELED"): 1, failures("ECANCELED", "client"): 1,
		`fetches_total{code="ok",origin="fs",outcome="found"}`: 1,
		`fetch_duration_seconds_count{origin="fs"}`:            1,
		`original_bytes_total{origin="fs"}`:                    float64(len(photo())),
		"queue_duration_seconds_count":                         1,
		`render_duration_seconds_count{format="none"}`:         1,
		`worker_ends_total{reason="cancelled"}`:                1,
		"worker_starts_total":                                  1,
	})
	lines := s.logged(t)
	if len(lines) != 1 || lines[0]["status"] != 499.0 || lines[0]["code"] != "ECANCELED" {
		t.Errorf("the log has %v", lines)
	}
}

// Each way of a worker's end has its count, and another worker starts.
func TestMetricsOfWorkers(t *testing.T) {
	noWorkers(t)
	s := metered(t, "images {\n origin fs ROOT\n workers 1\n}")
	before := s.readings(t)
	for _, pid := range workerPIDs(t) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	until(t, "another worker", func() bool { return s.readings(t).since(before)["worker_starts_total"] == 1 })
	s.counts(t, before, readings{"worker_starts_total": 1, `worker_ends_total{reason="died"}`: 1})
}

// cpuTime returns how much work a process has done.
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')'):]))
	const utime, stime = 12, 13 // of proc_pid_stat(5), counted from the name
	var ticks int
	for _, field := range []string{fields[utime], fields[stime]} {
		n, err := strconv.Atoi(field)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
