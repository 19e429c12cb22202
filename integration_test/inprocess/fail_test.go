package inprocess_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Without error routes the body is the generic text of the status, as ImageKit
// gives it ("404 - Not found troubleshooting").
func TestErrorBodyWithoutErrorRoutes(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n}")
	for path, want := range map[string]string{"/tr:w-1/no.jpg": "Not Found", "/tr:w-x/red.jpg": "Bad Request"} {
		a := s.get(t, path)
		a.wants(t, a.StatusCode, "Content-Type", "text/plain; charset=utf-8", "X-Content-Type-Options", "nosniff")
		if string(a.body) != want {
			t.Errorf("%s: body %q, want %q", path, a.body, want)
		}
	}
}

func TestErrorRoutes(t *testing.T) {
	s := serve(t, `images {
	origin fs ROOT
}
handle_errors {
	respond "{err.status_code}|{err.status_text}|{http.images.error.code}|{http.images.error.message}|{err.message}"
}`)
	a := s.get(t, "/tr:w-1/no.jpg")
	a.wants(t, 404, "Ik-Error", "ENOENT - No file was found on disk at the specified path", "Cache-Control", "no-store")
	if want := "404|Not Found|ENOENT|No file was found on disk at the specified path|"; !strings.HasPrefix(string(a.body), want) {
		t.Errorf("body %q, want %q", a.body, want)
	}
}

// A JSON configuration can nest error routes; their body is not written over.
func TestNestedErrorRoutes(t *testing.T) {
	s := serve(t, "respond nothing")
	port := freePort(t)
	config := `{"admin":{"disabled":true,"config":{"persist":false}},"apps":{"http":{"servers":{"s":{
		"listen":["127.0.0.1:PORT"],"automatic_https":{"disable":true},
		"routes":[{"handle":[{"handler":"subroute",
			"routes":[{"handle":[{"handler":"images","origins":[{"type":"fs","root":"ROOT"}]}]}],
			"errors":{"routes":[{"handle":[{"handler":"static_response","status_code":404,"body":"theirs"}]}]}
		}]}]}}}}}`
	loadJSON(t, &s, port, config)
	a := s.get(t, "/tr:w-1/no.jpg")
	a.wants(t, 404)
	if string(a.body) != "theirs" {
		t.Errorf("body %q, want theirs", a.body)
	}
}

// The error routes of one site of a server are not those of another.
func TestErrorRoutesOfAnotherSite(t *testing.T) {
	s := serve(t, `@here host 127.0.0.1
images @here {
	origin fs ROOT
}
`)
	port := freePort(t)
	config := strings.ReplaceAll(`{
	admin off
	persist_config off
	auto_https off
}
http://other.example:PORT {
	respond other
	handle_errors {
		respond theirs
	}
}
http://127.0.0.1:PORT {
	images {
		origin fs ROOT
	}
}`, "PORT", itoa(port))
	if err := load(t, strings.ReplaceAll(config, "ROOT", s.root)); err != nil {
		t.Fatal(err)
	}
	s.url = "http://127.0.0.1:" + itoa(port)
	if a := s.get(t, "/tr:w-1/no.jpg"); string(a.body) != "Not Found" {
		t.Errorf("body %q, want Not Found", a.body)
	}
}

func TestErrorLogLine(t *testing.T) {
	s := serve(t, `images {
	origin web http://127.0.0.1:1 {
		allow_private 127.0.0.0/8
	}
}
handle_errors {
	respond "{err.id}"
}`)
	a := s.get(t, "/tr:w-1/no.jpg?ik-s=0123456789abcdef&token=secret")
	a.wants(t, 404, "Ik-Error", "ECONNREFUSED - The web server refused the connection")
	var lines []map[string]any
	until(t, "a log line", func() bool { lines = s.logged(t); return len(lines) > 0 })
	if len(lines) != 1 {
		t.Fatalf("%d log lines for one failure: %v", len(lines), lines)
	}
	for field, want := range map[string]any{
		"level": "warn", "msg": "The web server refused the connection", "code": "ECONNREFUSED", "fault": "origin",
		"status": 404.0, "error_id": string(a.body), "path": "/tr:w-1/no.jpg",
	} {
		if lines[0][field] != want {
			t.Errorf("%s is %v, want %v", field, lines[0][field], want)
		}
	}
	if cause, _ := lines[0]["cause"].(string); !strings.Contains(cause, "127.0.0.1:1") {
		t.Errorf("the cause is %q, and does not say where", cause)
	}
	for field, value := range lines[0] {
		if text, ok := value.(string); ok && strings.Contains(text, "secret") {
			t.Errorf("%s tells the secret: %s", field, text)
		}
	}
}

// A client that leaves stops the fetch. It is noted as nginx's 499, and error
// routes do not run for nobody.
func TestClientLeaves(t *testing.T) {
	asked := make(chan struct{})
	stopped := make(chan struct{})
	addr := backend(t, func(_ http.ResponseWriter, r *http.Request) {
		close(asked)
		<-r.Context().Done()
		close(stopped)
	})
	s := serve(t, "images {\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}\nhandle_errors {\n respond theirs\n}")
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
	select {
	case <-stopped:
	case <-time.After(patience):
		t.Fatal("the fetch goes on for nobody")
	}
	var lines []map[string]any
	until(t, "a log line", func() bool { lines = s.logged(t); return len(lines) > 0 })
	if lines[0]["status"] != 499.0 || lines[0]["code"] != "ECANCELED" || lines[0]["level"] != "info" {
		t.Errorf("the log line is %v", lines[0])
	}
}

func TestTimeouts(t *testing.T) {
	addr := backend(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	s := serve(t, "images {\n fetch_timeout 50ms\n origin web http://"+addr+" {\n  allow_private 127.0.0.0/8\n }\n}")
	s.get(t, "/tr:w-1/slow.jpg").wants(t, 404, "Ik-Error", "ETIMEDOUT - The original did not arrive in time")

	s = serve(t, "images {\n fetch_timeout 50ms\n}\nreverse_proxy "+addr)
	s.get(t, "/tr:w-1/slow.jpg").wants(t, 404, "Ik-Error", "ETIMEDOUT - The original did not arrive in time")

	s = serve(t, "images {\n render_timeout 1ns\n origin fs ROOT\n}")
	s.get(t, "/tr:w-1/red.jpg").wants(t, 504, "Ik-Error", "ETIMEDOUT - The image could not be rendered within render_timeout")
}

func TestLimits(t *testing.T) {
	s := serve(t, "images {\n origin fs ROOT\n max_pixels 100000\n max_dimension 300\n}")
	s.get(t, "/tr:w-100/red.jpg").wants(t, 400, "Ik-Error", "ELIMIT - The original has 120000 pixels, more than max_pixels, 100000")
	s.get(t, "/tr:w-301,h-10/half.png").wants(t, 400, "Ik-Error", "ELIMIT - The result would be 301x10, more than max_dimension, 300")
	s.get(t, "/tr:w-200/half.png").wants(t, 200)
}
