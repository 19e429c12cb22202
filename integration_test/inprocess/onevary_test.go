package inprocess_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// Vary is one line on every response, with what handlers before this one put there and
// what encode adds behind it: caches such as nginx before 1.23 read the first line only.
func TestRFC9110_12_5_5_OneLineOfVary(t *testing.T) {
	const before = "header +Vary Origin\nheader +Vary \"X-Theme, accept-encoding\"\n"
	backendAddr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "X-Inner")
		w.Header().Add("Vary", "X-Other, origin")
		w.Header().Set("Content-Type", "text/plain")
		if strings.HasSuffix(r.URL.Path, ".svg") {
			w.Header().Set("Content-Type", "image/svg+xml")
			_, _ = io.WriteString(w, svg)
			return
		}
		_, _ = io.WriteString(w, strings.Repeat("just text ", 100))
	})
	type request struct {
		method, path string
		headers      []string
		status       int
		want         string
	}
	for name, site := range map[string]struct {
		directives string
		requests   []request
	}{
		"fs": {before + "images {\n origin fs ROOT\n default_image /half.png\n}", []request{
			{"GET", "/tr:w-10/red.jpg", nil, 200, "Origin, X-Theme, accept-encoding, Accept"},
			{"HEAD", "/tr:w-10/red.jpg", nil, 200, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/tr:w-auto/red.jpg", []string{"Sec-CH-Width", "100"}, 200, "Origin, X-Theme, accept-encoding, Accept, Sec-CH-Width, Sec-CH-DPR, DPR"},
			{"GET", "/tr:w-10/red.jpg", []string{"Range", "bytes=0-9"}, 206, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/tr:w-10/red.jpg", []string{"Range", "bytes=9999999-"}, 416, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/tr:w-10/red.jpg", []string{"If-None-Match", "*"}, 304, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/tr:w-10/red.jpg", []string{"If-Match", `"x"`}, 412, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/tr:w-10/no.jpg", nil, 200, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/red.jpg", nil, 200, "Origin, X-Theme, accept-encoding, Accept"},
			{"GET", "/red.jpg?tr=orig-true", nil, 200, "Origin, X-Theme, accept-encoding"},
			{"GET", "/no.jpg", nil, 404, "Origin, X-Theme, accept-encoding"},
			{"GET", "/tr:w-x/red.jpg", nil, 400, "Origin, X-Theme, accept-encoding"},
			{"PUT", "/tr:w-10/red.jpg", nil, 405, "Origin, X-Theme, accept-encoding"},
		}},
		"encode": {"encode {\n minimum_length 1\n}\nheader Vary Origin\nimages {\n origin fs ROOT\n}", []request{
			{"GET", "/tr:w-10/red.jpg", nil, 200, "Origin, Accept"},
			{"GET", "/tr:f-auto/icon.svg", nil, 200, "Origin, Accept, Accept-Encoding"},
			{"GET", "/tr:f-auto/icon.svg", []string{"Accept-Encoding", "gzip"}, 200, "Origin, Accept, Accept-Encoding"},
			{"HEAD", "/tr:f-auto/icon.svg", []string{"Accept-Encoding", "gzip"}, 200, "Origin, Accept, Accept-Encoding"},
			{"GET", "/tr:f-auto/icon.svg", []string{"If-None-Match", "*"}, 304, "Origin, Accept, Accept-Encoding"},
			{"GET", "/tr:w-10/red.jpg", []string{"If-None-Match", "*"}, 304, "Origin, Accept, Accept-Encoding"},
			{"GET", "/text.txt", []string{"Accept-Encoding", "gzip"}, 200, "Origin, Accept-Encoding"},
			{"GET", "/no.jpg", []string{"Accept-Encoding", "gzip"}, 404, "Origin, Accept-Encoding"},
		}},
		"encode of all": {"encode {\n minimum_length 1\n match header Content-Type *\n}\nheader Vary Origin\nimages {\n origin fs ROOT\n}", []request{
			{"GET", "/tr:w-10/red.jpg", []string{"Accept-Encoding", "gzip"}, 200, "Origin, Accept, Accept-Encoding"},
		}},
		"next": {before + "encode\nimages\nreverse_proxy " + backendAddr, []request{
			{"GET", "/tr:w-10/a.txt", nil, 200, "Origin, X-Theme, accept-encoding, X-Inner, X-Other"},
			{"GET", "/a.txt", nil, 200, "Origin, X-Theme, accept-encoding, X-Inner, X-Other"},
			{"GET", "/tr:f-auto/a.svg", nil, 200, "Origin, X-Theme, accept-encoding, Accept, X-Inner, X-Other"},
		}},
		"added": {"header Vary Origin\nimages {\n add_response_headers \"Vary: X-Added\"\n}\nreverse_proxy " + backendAddr, []request{
			{"GET", "/tr:f-auto/a.svg", nil, 200, "Origin, X-Added, Accept, X-Inner, X-Other"},
			{"GET", "/tr:f-auto/a.txt", nil, 200, "Origin, X-Added, X-Inner, X-Other"},
			{"GET", "/a.txt", nil, 200, "Origin, X-Added, X-Inner, X-Other"},
		}},
		"error routes": {before + "images {\n origin fs ROOT\n}\nhandle_errors {\n respond oops\n}", []request{
			{"GET", "/no.jpg", nil, 404, "Origin, X-Theme, accept-encoding"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, site.directives)
			for _, r := range site.requests {
				a := s.ask(t, r.method, r.path, r.headers...)
				if lines := a.Header.Values("Vary"); a.StatusCode != r.status || len(lines) != 1 || lines[0] != r.want {
					t.Errorf("%s %s %s: %d with Vary %q, want %d with %q", r.method, r.path, r.headers, a.StatusCode, lines, r.status, r.want)
				}
			}
		})
	}
}
