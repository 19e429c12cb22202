//go:build linux && cgo

package inprocess_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"

	"github.com/caddy-images/caddy-images/transform/render/workers"
)

// workerPIDs lists the living workers of this process.
func workerPIDs(t *testing.T) (pids []int) {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range stats {
		stat, err := os.ReadFile(path)
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		if err != nil || !bytes.HasPrefix(line, []byte(workers.Name)) {
			continue
		}
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')'):]))
		if fields[2] == strconv.Itoa(os.Getpid()) && fields[1] != "Z" {
			pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids
}

func noWorkers(t *testing.T) {
	t.Helper()
	until(t, "the end of all workers", func() bool { return len(workerPIDs(t)) == 0 })
}

func TestWorkersStartAndEndWithCaddy(t *testing.T) {
	noWorkers(t)
	s := serve(t, "images {\n origin fs ROOT\n workers 3\n}")
	until(t, "three workers, before any request", func() bool { return len(workerPIDs(t)) == 3 })
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	if err := caddy.Stop(); err != nil {
		t.Fatal(err)
	}
	noWorkers(t)
}

// What only looks at a configuration starts nothing.
func TestValidateStartsNoWorkers(t *testing.T) {
	noWorkers(t)
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte("{\n admin off\n}\n:1 {\n images {\n  workers 2\n }\n}"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var c caddy.Config
	if err := caddy.StrictUnmarshalJSON(config, &c); err != nil {
		t.Fatal(err)
	}
	if err := caddy.Validate(&c); err != nil {
		t.Fatal(err)
	}
	if pids := workerPIDs(t); len(pids) != 0 {
		t.Errorf("workers %v", pids)
	}
}

func TestIsolationOff(t *testing.T) {
	noWorkers(t)
	s := serve(t, "images {\n origin fs ROOT\n isolation off\n}")
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	if pids := workerPIDs(t); len(pids) != 0 {
		t.Errorf("workers %v", pids)
	}
}

// Handlers with the same settings share workers, others have their own.
func TestWhoSharesWorkers(t *testing.T) {
	noWorkers(t)
	serve(t, `handle /a/* {
	images {
		workers 2
	}
}
handle /b/* {
	images {
		workers 2
	}
}
handle /c/* {
	images {
		workers 1
	}
}`)
	until(t, "three workers", func() bool { return len(workerPIDs(t)) == 3 })
}

// Reloads under load drop no request, and end no worker.
func TestReloadUnderLoad(t *testing.T) {
	noWorkers(t)
	directives := "images {\n cache off\n origin fs ROOT\n workers 2\n queue_timeout 1m\n}"
	s := serve(t, directives)
	until(t, "two workers", func() bool { return len(workerPIDs(t)) == 2 })
	before := workerPIDs(t)
	var done atomic.Bool
	var clients sync.WaitGroup
	var answered atomic.Int64
	for i := range 8 {
		clients.Go(func() {
			for n := 0; !done.Load(); n++ {
				// A listener that is handed over may refuse a connection or
				// reset it, which is not a matter of workers.
				resp, err := http.Get(fmt.Sprintf("%s/tr:w-%d/red.jpg", s.url, 20+(8*n+i)%300))
				if err != nil {
					continue
				}
				resp.Body.Close()
				if resp.StatusCode != 200 {
					t.Errorf("status %d, %s", resp.StatusCode, resp.Header.Get("Ik-Error"))
				}
				answered.Add(1)
			}
		})
	}
	for n := range 8 {
		count := answered.Load()
		if err := load(t, s.config(portOf(t, s), directives+fmt.Sprintf("\nheader X-Load %d", n))); err != nil {
			t.Error(err)
		}
		until(t, "answers", func() bool { return answered.Load() > count+20 })
	}
	done.Store(true)
	clients.Wait()
	if after := workerPIDs(t); !slices.Equal(after, before) {
		t.Errorf("workers %v became %v", before, after)
	}
}

// A configuration with other settings brings its own workers, and those of the
// old one end.
func TestReloadWithOtherWorkers(t *testing.T) {
	noWorkers(t)
	s := serve(t, "images {\n origin fs ROOT\n workers 2\n}")
	until(t, "two workers", func() bool { return len(workerPIDs(t)) == 2 })
	before := workerPIDs(t)
	if err := load(t, s.config(portOf(t, s), "images {\n origin fs "+s.root+"\n workers 1\n}")); err != nil {
		t.Fatal(err)
	}
	until(t, "one worker", func() bool {
		now := workerPIDs(t)
		return len(now) == 1 && !slices.Contains(before, now[0])
	})
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
}

// Requests that wait for their original while the configuration changes are
// still rendered, by the workers of the old one.
func TestReloadWhileFetching(t *testing.T) {
	noWorkers(t)
	picture, err := os.ReadFile(filepath.Join(serve(t, "images").root, "red.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	asked, goOn := make(chan struct{}), make(chan struct{})
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		close(asked)
		<-goOn
		_, _ = w.Write(picture)
	})
	s := serve(t, "images {\n workers 2\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	var client sync.WaitGroup
	client.Go(func() { s.get(t, "/tr:w-40/x.jpg").wantsSize(t, 40, 30) })
	<-asked
	old := serve(t, "respond nothing")
	close(goOn)
	client.Wait()
	old.get(t, "/").wants(t, 200)
	noWorkers(t)
}

// A strict configuration starts here if the kernel has what it takes, and is
// refused otherwise; it never runs with less.
func TestStrict(t *testing.T) {
	noWorkers(t)
	s := serve(t, "respond nothing")
	err := load(t, s.config(portOf(t, s), "images {\n origin fs "+s.root+"\n isolation strict\n workers 1\n}"))
	if err != nil {
		if !strings.Contains(err.Error(), "isolation is strict, and this system lacks") {
			t.Error(err)
		}
		return
	}
	// Of a connection that came to the listener of before nothing is heard.
	until(t, "an answer", func() bool {
		resp, err := http.Get(s.url + "/tr:w-100/red.jpg")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == 200
	})
}

// Killed workers are replaced, and no response fails.
func TestWorkersAreKilled(t *testing.T) {
	noWorkers(t)
	s := serve(t, "images {\n origin fs ROOT\n workers 2\n}")
	for n := range 4 {
		until(t, "two workers", func() bool { return len(workerPIDs(t)) == 2 })
		for _, pid := range workerPIDs(t) {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
		s.get(t, fmt.Sprintf("/tr:w-%d/red.jpg", 100+n)).wants(t, 200)
	}
}

// What an image embeds is in no header. One that needs far more memory than
// its worker may take costs its own answer.
func TestEmbeddedPictureTakesNoMoreThanItsWorkerMay(t *testing.T) {
	noWorkers(t)
	s := serve(t, "images {\n origin fs ROOT\n workers 1\n memory 64MiB\n}")
	inner := base64.StdEncoding.EncodeToString([]byte(`<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000"><rect width="30000" height="30000" fill="red"/></svg>`))
	bomb := `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="100" height="100"><image width="100" height="100" xlink:href="data:image/svg+xml;base64,` + inner + `"/></svg>`
	if err := os.WriteFile(filepath.Join(s.root, "bomb.svg"), []byte(bomb), 0o600); err != nil {
		t.Fatal(err)
	}
	s.get(t, "/tr:w-50,f-png/bomb.svg")
	s.get(t, "/tr:w-100/red.jpg").wantsSize(t, 100, 75)
	const mib = 1 << 20
	if peak := peakOfWorkers(t); peak > 1500*mib {
		t.Errorf("a worker took %d MiB", peak/mib)
	}
}

// peakOfWorkers returns the most memory that one of the workers that live has
// had, in bytes.
func peakOfWorkers(t *testing.T) (peak int) {
	t.Helper()
	for _, pid := range workerPIDs(t) {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(string(status), "VmHWM:")
		var kib int
		if _, err := fmt.Sscan(after, &kib); err != nil {
			t.Fatal(err)
		}
		peak = max(peak, kib<<10)
	}
	return peak
}
