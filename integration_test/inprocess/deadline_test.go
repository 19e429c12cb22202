package inprocess_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// backend_timeout is one time for fetching and rendering.
func TestBackendTimeout(t *testing.T) {
	addr := backend(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	const web = " {\n  allow_private 127.0.0.0/8\n }\n}"
	for what, directives := range map[string]string{
		"web":            "images {\n backend_timeout 60ms\n fetch_timeout 1h\n origin web http://" + addr + web,
		"next":           "images {\n backend_timeout 60ms\n fetch_timeout 1h\n}\nreverse_proxy " + addr,
		"several places": "images {\n backend_timeout 60ms\n fetch_timeout 1h\n go_on timeout\n origin web http://" + addr + " {\n  allow_private 127.0.0.0/8\n  timeout 50ms\n }\n origin web http://" + addr + web,
	} {
		t.Run(what, func(t *testing.T) {
			s := serve(t, directives)
			for _, path := range []string{"/tr:w-1/slow.jpg", "/tr:w-1,di-other.jpg/slow.jpg"} {
				a := s.get(t, path)
				a.wants(t, 404)
				if !strings.HasPrefix(a.Header.Get("Ik-Error"), "ETIMEDOUT - ") {
					t.Errorf("%s: %s", path, a.Header.Get("Ik-Error"))
				}
			}
		})
	}
}

// A client that leaves is no deadline, also where there is one.
func TestClientLeavesBeforeTheDeadline(t *testing.T) {
	asked := make(chan struct{})
	addr := backend(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
	})
	s := serve(t, "images {\n backend_timeout 1h\n fetch_timeout 1h\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"/tr:w-1/slow.jpg", nil)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		<-asked
		leave()
	}()
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Fatal("the request was answered")
	}
	var lines []map[string]any
	until(t, "a log line", func() bool { lines = s.logged(t); return len(lines) > 0 })
	if lines[0]["status"] != 499.0 {
		t.Errorf("the log line is %v", lines[0])
	}
}

// Connecting has a time of its own: the smaller one of the handler's and the
// origin's.
func TestBackendConnectTimeout(t *testing.T) {
	full := deafPort(t)
	web := "origin web http://" + full + " {\n  allow_private 127.0.0.0/8\n  DIAL\n }\n}"
	s3 := "origin s3 photos {\n  endpoint http://" + full + "\n  anonymous\n }\n}"
	for _, directives := range []string{
		"images {\n fetch_timeout 1h\n backend_connect_timeout 100ms\n " + strings.Replace(web, "DIAL", "", 1),
		"images {\n fetch_timeout 1h\n backend_connect_timeout 100ms\n " + s3,
		"images {\n fetch_timeout 1h\n backend_connect_timeout 1m\n " + strings.Replace(web, "DIAL", "dial_timeout 100ms", 1),
	} {
		s := serve(t, directives)
		a := s.get(t, "/tr:w-1/a.jpg")
		a.wants(t, 404)
		if e := a.Header.Get("Ik-Error"); !strings.HasSuffix(e, "did not answer in time") {
			t.Errorf("%s, of\n%s", e, directives)
		}
	}
}

// deafPort returns an address where connecting never ends: a port whose queue
// of connections is full.
func deafPort(t *testing.T) string {
	t.Helper()
	address := listenDeaf(t)
	deaf := 0
	for range 64 {
		conn, err := net.DialTimeout("tcp", address, 200*time.Millisecond)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			deaf = 0
			continue
		}
		// Once, this test may only have had no processor for so long.
		if deaf++; deaf == 3 {
			return address
		}
	}
	t.Skip("this system's queues of connections do not fill up")
	return ""
}
