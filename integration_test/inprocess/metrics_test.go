//go:build cgo

package inprocess_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
)

// metered returns a site that shows its metrics, and whose other requests go
// to directives. Where these have one worker it is ready.
func metered(t *testing.T, directives string) site {
	t.Helper()
	s := serve(t, meteredSite(directives))
	if strings.Contains(directives, "workers 1") {
		until(t, "a worker", func() bool { return s.readings(t)["workers"] == 1 })
	}
	return s
}

func meteredSite(directives string) string {
	if !strings.Contains(directives, "cache ") { // each request is to fetch and to render
		directives = strings.Replace(directives, "images {\n", "images {\n cache off\n", 1)
	}
	return "handle /metrics {\n metrics\n}\nhandle {\n" + directives + "\n}"
}

// readings are the values of the metrics of this project, such as
// `requests_total{dialect="imagekit",status="200",code="ok"}` without the prefix
// that all have. Labels are in the order of the alphabet.
type readings map[string]float64

func (s site) readings(t *testing.T) readings {
	t.Helper()
	a := s.get(t, "/metrics")
	a.wants(t, 200)
	return parseReadings(t, string(a.body))
}

func parseReadings(t *testing.T, text string) readings {
	t.Helper()
	all := readings{}
	for line := range strings.Lines(text) {
		name, ours := strings.CutPrefix(strings.TrimSpace(line), "caddy_images_")
		if !ours {
			continue
		}
		at := strings.LastIndexByte(name, ' ')
		value, err := strconv.ParseFloat(name[at+1:], 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all[name[:at]] = value
	}
	return all
}

// since returns what was counted since others were read; what did not change
// is not in it, nor what says how much time something took, nor the workers
// of tests before that end only now.
func (r readings) since(before readings) readings {
	d := maps.Clone(r)
	maps.DeleteFunc(d, func(name string, _ float64) bool {
		return r[name] == before[name] || name == `worker_ends_total{reason="closed"}` || strings.Contains(name, "_bucket{") || strings.Contains(name, "_seconds_sum") || !strings.Contains(name, "_total") && !strings.Contains(name, "_count")
	})
	for name := range d {
		d[name] -= before[name]
	}
	return d
}

// counts checks that just this is counted, since others were read: a response
// is, once it was sent.
func (s site) counts(t *testing.T, before, want readings) {
	t.Helper()
	var got readings
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if got = s.readings(t).since(before); maps.Equal(got, want) {
			return
		}
	}
	for name, value := range want {
		if got[name] != value {
			t.Errorf("%s grew by %v, want %v", name, got[name], value)
		}
		delete(got, name)
	}
	for name, value := range got {
		t.Errorf("%s grew by %v", name, value)
	}
}

func requests(status int, code string) string {
	return fmt.Sprintf("requests_total{code=%q,dialect=\"imagekit\",status=\"%d\"}", code, status)
}

func failures(code, fault string) string {
	return fmt.Sprintf("errors_total{code=%q,dialect=\"imagekit\",fault=%q}", code, fault)
}

func sizeOf(t *testing.T, file string) float64 {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return float64(info.Size())
}

func TestMetricsOfPictures(t *testing.T) {
	s := metered(t, "images {\n workers 1\n origin fs ROOT\n}")
	original := sizeOf(t, filepath.Join(s.root, "red.jpg"))
	var tag string
	for _, tt := range []struct {
		name    string
		ask     func() answer
		request string
		drawn   string // the format; empty for nothing
	}{
		{"drawn", func() answer { return s.get(t, "/tr:w-100/red.jpg") }, requests(200, "ok"), "jpeg"},
		{"known", func() answer { return s.get(t, "/tr:w-100/red.jpg", "If-None-Match", tag) }, requests(304, "ok"), ""},
		{"another format", func() answer { return s.get(t, "/tr:w-100/red.jpg", "Accept", "image/webp") }, requests(200, "ok"), "webp"},
		{"the original", func() answer { return s.get(t, "/red.jpg?tr=orig-true") }, requests(200, "ok"), ""},
		{"a part", func() answer { return s.get(t, "/red.jpg?tr=orig-true", "Range", "bytes=0-9") }, requests(206, "ok"), ""},
		{"HEAD", func() answer { return s.ask(t, http.MethodHead, "/red.jpg?tr=orig-true") }, requests(200, "ok"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := s.readings(t)
			a := tt.ask()
			tag = a.Header.Get("ETag")
			want := readings{
				tt.request: 1,
				`fetches_total{code="ok",origin="fs",outcome="found"}`: 1,
				`fetch_duration_seconds_count{origin="fs"}`:            1,
				`original_bytes_total{origin="fs"}`:                    original,
			}
			if tt.drawn != "" {
				want["queue_duration_seconds_count"] = 1
				want[`render_duration_seconds_count{format="`+tt.drawn+`"}`] = 1
				want[`variant_bytes_total{format="`+tt.drawn+`"}`] = float64(len(a.body))
			}
			s.counts(t, before, want)
		})
	}
	until(t, "the end of all work", func() bool { return s.readings(t)["workers_busy"] == 0 })
	now := s.readings(t)
	for _, name := range []string{"jobs_running", "jobs_waiting", "memory_admitted_bytes", "workers_busy"} {
		if value, ok := now[name]; !ok || value != 0 {
			t.Errorf("%s is %v, want 0", name, value)
		}
	}
	if now["memory_limit_bytes"] < 32<<20 {
		t.Errorf("memory_limit_bytes is %v", now["memory_limit_bytes"])
	}
}

func TestMetricsOfErrors(t *testing.T) {
	failing := backend(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	s := metered(t, `images {
	workers 1
	max_pixels 100000
	origin fs ROOT
	origin web http://`+failing+` {
		allow_private 127.0.0.0/8
	}
}`)
	fetched := func(origin, code, outcome string) readings {
		return readings{
			fmt.Sprintf("fetches_total{code=%q,origin=%q,outcome=%q}", code, origin, outcome): 1,
			fmt.Sprintf("fetch_duration_seconds_count{origin=%q}", origin):                    1,
		}
	}
	original := func(name string) readings {
		r := fetched("fs", "ok", "found")
		r[`original_bytes_total{origin="fs"}`] = sizeOf(t, filepath.Join(s.root, name))
		return r
	}
	drawn := readings{"queue_duration_seconds_count": 1, `render_duration_seconds_count{format="none"}`: 1}
	tests := []struct {
		method, path string
		status       int
		code, fault  string
		fetches      []readings
	}{
		{"GET", "/tr:w-1/no.jpg", 404, "UNIDENTIFIED", "origin", []readings{fetched("fs", "ENOENT", "missing"), fetched("web", "UNIDENTIFIED", "down")}},
		{"GET", "/tr:w-x/red.jpg", 400, "EINVAL", "client", nil},
		{"POST", "/tr:w-1/red.jpg", 405, "ENOTSUP", "client", nil},
		{"GET", "/tr:w-10/red.jpg", 400, "ELIMIT", "client", []readings{original("red.jpg")}},
		{"GET", "/tr:w-10/text.txt", 400, "EBADMSG", "origin", []readings{original("text.txt"), drawn}},
	}
	for _, tt := range tests {
		t.Run(tt.code, func(t *testing.T) {
			before := s.readings(t)
			s.ask(t, tt.method, tt.path).wants(t, tt.status)
			want := readings{requests(tt.status, tt.code): 1, failures(tt.code, tt.fault): 1}
			for _, f := range tt.fetches {
				maps.Copy(want, f)
			}
			s.counts(t, before, want)
		})
	}
}

// Nothing of a request that is for the handlers behind this one is counted, but
// that they were asked where it might have been for this one.
func TestMetricsOfWhatPasses(t *testing.T) {
	s := metered(t, "root * ROOT\nimages {\n cache off\n}\nfile_server")
	before := s.readings(t)
	s.get(t, "/page.html").wants(t, 200)
	s.counts(t, before, readings{})
	s.get(t, "/tr:w-9/page.html").wants(t, 200)
	s.counts(t, before, readings{`fetches_total{code="passed",origin="next",outcome="passed"}`: 1, `fetch_duration_seconds_count{origin="next"}`: 1})
}

// What several requests share is counted once, each of them too.
func TestMetricsOfWhatIsShared(t *testing.T) {
	const clients = 4
	var asked atomic.Int64
	file := photo()
	release := make(chan struct{})
	addr := backend(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		<-release
		_, _ = w.Write(file)
	})
	s := metered(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	before := s.readings(t)
	var all sync.WaitGroup
	for range clients {
		all.Go(func() { s.get(t, "/tr:w-64/a.jpg").wantsSize(t, 64, 48) })
	}
	until(t, "the question to the origin", func() bool { return asked.Load() == 1 })
	// Who is not here yet will ask anew, so there may be more than one fetch.
	close(release)
	all.Wait()
	fetches := float64(asked.Load())
	until(t, "the count of all", func() bool { return s.readings(t).since(before)[requests(200, "ok")] == clients })
	now := s.readings(t).since(before)
	if now[`fetches_total{code="ok",origin="web",outcome="found"}`] != fetches || now[`original_bytes_total{origin="web"}`] != fetches*float64(len(file)) {
		t.Errorf("with %v fetches: %v", fetches, now)
	}
}

// What was counted is not forgotten by a reload, which brings a new registry, and
// is shown where several handlers are.
func TestMetricsOutliveReloads(t *testing.T) {
	directives := "images /a/* {\n origin fs ROOT\n}\nimages {\n origin fs ROOT\n}"
	s := metered(t, directives)
	before := s.readings(t)
	s.get(t, "/tr:w-100/red.jpg").wants(t, 200)
	directives = strings.ReplaceAll(directives, "ROOT", s.root)
	for range 2 {
		port := freePort(t) // another one: of a connection to a listener that is handed over nothing may be heard
		if err := load(t, s.config(port, meteredSite(directives))); err != nil {
			t.Fatal(err)
		}
		s.url = "http://127.0.0.1:" + itoa(port)
	}
	s.get(t, "/tr:w-100/red.jpg").wants(t, 200)
	until(t, "the count of both", func() bool { return s.readings(t).since(before)[requests(200, "ok")] == 2 })
}

// Caddy's admin endpoint shows them as well, named as Prometheus would have it.
func TestMetricsAtTheAdminEndpoint(t *testing.T) {
	_, admin := administered(t, "images {\n origin fs ROOT\n}")
	a := admin.get(t, "/metrics")
	a.wants(t, 200)
	if r := parseReadings(t, string(a.body)); r["memory_limit_bytes"] == 0 {
		t.Errorf("the admin endpoint shows %v", r)
	}
	problems, err := promlint.New(bytes.NewReader(a.body)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "caddy_images_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

// The dialect is told, and the status is the dialect's: Imagizer's hands on that of
// the origin.
func TestMetricsOfImagizer(t *testing.T) {
	failing := backend(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	s := metered(t, "images {\n dialect imagizer\n workers 1\n origin web http://"+failing+" {\n  allow_private 127.0.0.0/8\n }\n}")
	before := s.readings(t)
	s.get(t, "/a.jpg?width=10").wants(t, http.StatusServiceUnavailable)
	s.counts(t, before, readings{
		`requests_total{code="UNIDENTIFIED",dialect="imagizer",status="503"}`: 1,
		`errors_total{code="UNIDENTIFIED",dialect="imagizer",fault="origin"}`: 1,
		`fetches_total{code="UNIDENTIFIED",origin="web",outcome="down"}`:      1,
		`fetch_duration_seconds_count{origin="web"}`:                          1,
	})
}
