//go:build linux && cgo

package inprocess_test

import (
	"bytes"
	"context"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// read reads a response in JSON.
func read[T any](t *testing.T, a answer) (v T) {
	t.Helper()
	a.wants(t, http.StatusOK, "Content-Type", "application/json", "Cache-Control", "no-store")
	d := json.NewDecoder(bytes.NewReader(a.body))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v\n%s", err, a.body)
	}
	return v
}

// adminStats is what GET /images/stats is documented to say.
type adminStats struct {
	UptimeSeconds float64 `json:"uptime_seconds"`
	Libvips       string  `json:"libvips"`
	Handlers      int     `json:"handlers"`
	Caches        []struct {
		Waiting int   `json:"waiting"`
		Dropped int64 `json:"dropped"`
		Tiers   []struct {
			Name      string `json:"name"`
			Entries   int64  `json:"entries"`
			Bytes     int64  `json:"bytes"`
			Limit     int64  `json:"limit"`
			Evictions int64  `json:"evictions"`
			Broken    int64  `json:"broken"`
			Failing   bool   `json:"failing"`
		} `json:"tiers"`
	} `json:"caches"`
	Engines []struct {
		Isolation string `json:"isolation"`
		Workers   int    `json:"workers"`
		Memory    int64  `json:"memory"`
		Version   string `json:"version"`
		Refused   int    `json:"refused"`
		Processes []struct {
			PID      int       `json:"pid"`
			Since    time.Time `json:"since"`
			Jobs     int       `json:"jobs"`
			Busy     bool      `json:"busy"`
			Resident int64     `json:"resident"`
			Version  string    `json:"version"`
		} `json:"processes"`
	} `json:"engines"`
	Queues []struct {
		Isolation string `json:"isolation"`
		Workers   int    `json:"workers"`
		Memory    int64  `json:"memory"`
		QueueSize int    `json:"queue_size"`
		Running   int    `json:"running"`
		Waiting   int    `json:"waiting"`
		Admitted  int64  `json:"admitted"`
		Bodies    part   `json:"bodies"`
		Results   part   `json:"results"`
	} `json:"queues"`
	Metrics map[string][]map[string]any `json:"metrics"`
}

// part is a part of memory.
type part struct {
	Bytes   int64 `json:"bytes"`
	Limit   int64 `json:"limit"`
	Waiting int   `json:"waiting"`
}

type purgeCounts struct{ Originals, Variants, Fetches, Renders, Refused int }

func (s site) stats(t *testing.T) adminStats {
	t.Helper()
	return read[adminStats](t, s.get(t, "/images/stats"))
}

func (s site) purge(t *testing.T, path string) purgeCounts {
	t.Helper()
	return read[purgeCounts](t, s.ask(t, http.MethodDelete, path))
}

func TestStats(t *testing.T) {
	noWorkers(t)
	began := time.Now()
	s, admin := administered(t, `images /a/* {
	origin fs ROOT
	workers 1
	memory 64MiB
	queue_size 7
}
images {
	origin fs ROOT
	workers 1
	memory 64MiB
}`)
	until(t, "a worker", func() bool { return len(workerPIDs(t)) == 1 && len(admin.stats(t).Engines[0].Processes) == 1 })
	before, _ := admin.stats(t).metric(requests(200, "ok")).(float64)
	s.get(t, "/tr:w-100/red.jpg").wants(t, 200)
	s.get(t, "/tr:w-101/red.jpg").wants(t, 200)
	until(t, "the end of all work", func() bool { return !admin.stats(t).Engines[0].Processes[0].Busy })
	now := admin.stats(t)
	if now.UptimeSeconds <= 0 || strings.Count(now.Libvips, ".") != 2 || now.Handlers != 2 {
		t.Errorf("up for %v with libvips %s and %d handlers", now.UptimeSeconds, now.Libvips, now.Handlers)
	}
	if len(now.Engines) != 1 || len(now.Queues) != 2 {
		t.Fatalf("%d engines, %d queues", len(now.Engines), len(now.Queues))
	}
	e := now.Engines[0]
	if e.Isolation != "processes" || e.Workers != 1 || e.Memory != 64<<20 || e.Refused != 0 || !strings.Contains(e.Version, now.Libvips) {
		t.Errorf("the engine is %+v", e)
	}
	w := e.Processes[0]
	if w.PID != workerPIDs(t)[0] || w.Jobs != 2 || w.Busy || w.Resident < 1<<20 || w.Version != e.Version || w.Since.Before(began.Truncate(time.Second)) || w.Since.After(time.Now()) {
		t.Errorf("the worker is %+v", w)
	}
	for i, size := range []int{7, 512} {
		if q := now.Queues[i]; q.Isolation != "processes" || q.Workers != 1 || q.Memory != 64<<20 || q.QueueSize != size || q.Running+q.Waiting != 0 || q.Admitted != 0 {
			t.Errorf("queue %d is %+v", i, q)
		}
	}
	// The metrics are those that Prometheus reads. Both have counted by now.
	until(t, "the count", func() bool { return admin.stats(t).metric(requests(200, "ok")) == before+2 })
	now = admin.stats(t)
	for name, want := range parseReadings(t, string(admin.get(t, "/metrics").body)) {
		if strings.Contains(name, "_bucket{") {
			continue
		}
		if got := now.metric(name); got != want {
			t.Errorf("%s is %v, and in /metrics %v", name, got, want)
		}
	}
	admin.ask(t, http.MethodHead, "/images/stats").wants(t, 200)
}

// metric returns the value of a metric that is named as in the text for
// Prometheus.
func (s adminStats) metric(name string) any {
	name, labels, _ := strings.Cut(strings.TrimSuffix(name, "}"), "{")
	field := "value"
	for _, part := range []string{"count", "sum"} {
		if whole, ok := strings.CutSuffix(name, "_"+part); ok && s.Metrics[whole] != nil {
			name, field = whole, part
		}
	}
	for _, v := range s.Metrics[name] {
		fits := true
		for pair := range strings.SplitSeq(labels, ",") {
			label, value, ok := strings.Cut(pair, "=")
			fits = fits && (!ok || v[label] == strings.Trim(value, `"`))
		}
		if fits {
			return v[field]
		}
	}
	return nil
}

func TestAdminRefusals(t *testing.T) {
	_, admin := administered(t, "images {\n origin fs ROOT\n workers 1\n}")
	tests := []struct {
		method, path string
		status       int
		allow, says  string
	}{
		{"POST", "/images/stats", 405, "GET, HEAD", "/images/stats does not take POST; it takes GET and HEAD"},
		{"DELETE", "/images/stats", 405, "GET, HEAD", "takes GET and HEAD"},
		{"GET", "/images/cache", 405, "DELETE, POST", "/images/cache does not take GET; it takes DELETE and POST"},
		{"POST", "/images/cache", 400, "none", "the body is no JSON with urls, paths, tags, all and soft"},
		{"POST", "/images/cache?soft", 400, "none", "takes no query"},
		{"POST", "/images/cache/a.jpg", 405, "DELETE", "takes DELETE"},
		{"GET", "/images/", 404, "none", "the paths are /images/stats, /images/cache and /images/cache/<path>"},
		{"DELETE", "/images/a.jpg", 404, "none", "there is no /images/a.jpg"},
		{"DELETE", "/images/cache/", 400, "none", "there is no path after /images/cache/; DELETE /images/cache purges all"},
		{"DELETE", "/images/cache/a/%2e%2e/b.jpg", 400, "none", `has a ".." segment`},
		{"DELETE", "/images/cache/a%00.jpg", 400, "none", "control character"},
		{"DELETE", "/images/cache/ftp%3A%2F%2Fa.example%2Fa.jpg", 400, "none", "neither http:// nor https://"},
	}
	for _, tt := range tests {
		a := admin.ask(t, tt.method, tt.path)
		a.wants(t, tt.status, "Content-Type", "application/json", "Allow", tt.allow)
		var said struct{ Error string }
		if err := json.Unmarshal(a.body, &said); err != nil || !strings.Contains(said.Error, tt.says) {
			t.Errorf("%s %s: %s, want %q", tt.method, tt.path, a.body, tt.says)
		}
	}
}

// colours is a web server whose images have another grey each time, and that
// responses when it is let.
type colours struct {
	asked   atomic.Int64
	release chan struct{}
}

func (c *colours) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	n := c.asked.Add(1)
	<-c.release
	img := image.NewGray(image.Rect(0, 0, 8, 8))
	for i := range img.Pix {
		img.Pix[i] = uint8(50 * n)
	}
	_ = png.Encode(w, img)
}

// grey returns what the image in a response is painted with.
func grey(t *testing.T, a answer) uint8 {
	t.Helper()
	a.wants(t, http.StatusOK)
	img, err := png.Decode(bytes.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return color.GrayModel.Convert(img.At(0, 0)).(color.Gray).Y
}

// Who asks after the purge does not get what was on its way before, and who asked
// before is not disturbed.
func TestPurgeOfFetches(t *testing.T) {
	for _, tt := range []struct {
		path  string
		asked int64 // of the origin, in the end
		want  purgeCounts
	}{
		{"/images/cache", 2, purgeCounts{Fetches: 1}},
		{"/images/cache/sub/a%20b.png", 2, purgeCounts{Fetches: 1}},
		{"/images/cache/sub/%61%20b.png", 2, purgeCounts{Fetches: 1}},
		{"/images/cache/sub/a.png", 1, purgeCounts{}},
	} {
		t.Run(tt.path, func(t *testing.T) {
			from := &colours{release: make(chan struct{})}
			addr := backend(t, from.ServeHTTP)
			release := sync.OnceFunc(func() { close(from.release) })
			t.Cleanup(release) // before the backend closes, which waits for what it serves
			s, admin := administered(t, "images {\n dialect imagekit {\n  endpoint /shop\n }\n workers 1\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
			const picture = "/shop/tr:w-4,f-png/sub/a%20b.png"
			var before, after answer
			var clients sync.WaitGroup
			clients.Go(func() { before = s.get(t, picture) })
			until(t, "the first question", func() bool { return from.asked.Load() == 1 })
			if got := admin.purge(t, tt.path); got != tt.want {
				t.Errorf("%+v were purged, want %+v", got, tt.want)
			}
			clients.Go(func() { after = s.get(t, picture) })
			if tt.asked > 1 {
				until(t, "the second question", func() bool { return from.asked.Load() == tt.asked })
			}
			release()
			clients.Wait()
			if got := grey(t, before); got != 50 {
				t.Errorf("who asked before got %d", got)
			}
			if got := grey(t, after); tt.asked > 1 && got != 100 {
				t.Errorf("who asked after got %d", got)
			}
		})
	}
}

// A whole URL is purged by its name, as one segment.
func TestPurgeOfWholeURLs(t *testing.T) {
	from := &colours{release: make(chan struct{})}
	addr := backend(t, from.ServeHTTP)
	s, admin := administered(t, "images {\n dialect imagekit {\n  web_proxy "+addr+"\n }\n workers 1\n origin dynamic {\n  allow_private 127.0.0.0/8\n }\n}")
	picture := "/tr:w-4,f-png/http://" + addr + "/a.png"
	var clients sync.WaitGroup
	clients.Go(func() { s.get(t, picture).wants(t, 200) })
	until(t, "the first question", func() bool { return from.asked.Load() == 1 })
	for path, want := range map[string]int{"a.png": 0, "http:%2F%2Fother.example%2Fa.png": 0} {
		if got := admin.purge(t, "/images/cache/"+path); got.Fetches != want {
			t.Errorf("%s: %+v", path, got)
		}
	}
	if got := admin.purge(t, "/images/cache/http:%2F%2F"+addr+"%2Fa.png"); got != (purgeCounts{Fetches: 1}) {
		t.Errorf("%+v were purged", got)
	}
	close(from.release)
	clients.Wait()
}

// Requests after a purge share no render in flight.
func TestPurgeOfRenders(t *testing.T) {
	noWorkers(t)
	s, admin := administered(t, "images {\n origin fs ROOT\n workers 4\n memory 2GiB\n render_timeout 1h\n queue_timeout 1h\n}")
	// Of four workers two may have one original that was never drawn.
	if err := os.WriteFile(filepath.Join(s.root, "photo.jpg"), photo(), 0o600); err != nil {
		t.Fatal(err)
	}
	freeze(t, 4)
	ctx, leave := context.WithCancel(t.Context())
	var clients sync.WaitGroup
	ask := func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/tr:f-avif/photo.jpg", nil)
		if err != nil {
			t.Error(err)
			return
		}
		if resp, err := http.DefaultClient.Do(r); err == nil {
			resp.Body.Close()
			t.Errorf("the request was answered with %d", resp.StatusCode)
		}
	}
	running := func(n int) func() bool {
		return func() bool { return admin.stats(t).Queues[0].Running == n }
	}
	clients.Go(ask)
	until(t, "the first render", running(1))
	if got := admin.purge(t, "/images/cache/photo.jpg"); got != (purgeCounts{Originals: 1}) {
		t.Errorf("by its path %+v were purged", got)
	}
	if got := admin.purge(t, "/images/cache"); got != (purgeCounts{Renders: 1}) {
		t.Errorf("%+v were purged", got)
	}
	clients.Go(ask)
	until(t, "the second render", running(2))
	leave()
	clients.Wait()
	until(t, "the end of both", running(0))
}

// An original that broke a worker is tried again after a purge.
func TestPurgeOfRefusals(t *testing.T) {
	noWorkers(t)
	s, admin := administered(t, "images {\n origin fs ROOT\n workers 1\n memory 2GiB\n render_timeout 1h\n}")
	if err := os.WriteFile(filepath.Join(s.root, "photo.jpg"), photo(), 0o600); err != nil {
		t.Fatal(err)
	}
	worker := ready(t, 1)[0]
	before := cpuTime(t, worker)
	var client sync.WaitGroup
	client.Go(func() { s.get(t, "/tr:f-avif/photo.jpg").wants(t, http.StatusInternalServerError) })
	untilDrawing(t, worker, before)
	if err := syscall.Kill(worker, syscall.SIGSEGV); err != nil {
		t.Fatal(err)
	}
	client.Wait()
	s.get(t, "/tr:w-40/photo.jpg").wants(t, http.StatusBadRequest, "Ik-Error", "EBADMSG - The original broke the image engine a short while ago; it is refused for 5m0s")
	if n := admin.stats(t).Engines[0].Refused; n != 1 {
		t.Errorf("%d originals are refused", n)
	}
	if got := admin.purge(t, "/images/cache/photo.jpg"); got != (purgeCounts{Originals: 1}) {
		t.Errorf("by its path %+v were purged", got)
	}
	if got := admin.purge(t, "/images/cache"); got != (purgeCounts{Refused: 1}) {
		t.Errorf("%+v were purged", got)
	}
	s.get(t, "/tr:w-40/photo.jpg").wantsSize(t, 40, 30)
	if got := admin.purge(t, "/images/cache"); got != (purgeCounts{Originals: 1, Variants: 1}) {
		t.Errorf("%+v were purged once more", got)
	}
	if got := admin.purge(t, "/images/cache"); got != (purgeCounts{}) {
		t.Errorf("%+v were purged twice", got)
	}
}
