package inprocess_test

import (
	"net/http"
	"strings"
	"testing"
)

// Imagizer's errors are kept for a minute, and none of those that another request for
// the same URL would not end in: a cache would give everybody the error of one client.
func TestErrorsThatDependOnTheRequestAreNotKept(t *testing.T) {
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) { http.NotFound(w, r) })
	s := serve(t, `images {
	dialect imagizer {
		endpoint /img
		hosts_allowed `+addr+`
		post {
			open
		}
	}
	origin dynamic {
		allow_private 127.0.0.0/8
	}
	origin fs ROOT
	save_data
	device_size mobile 100x100
	device_size desktop 200x200
}`)
	whole := "/img/http://" + addr + "/a.jpg"
	const kept, not = "max-age=60", "no-store"
	for _, tt := range []struct {
		method, path string
		headers      []string
		code, want   string
	}{
		{"GET", "/img/no.jpg", nil, "ENOENT", kept},
		{"GET", "/img/no.jpg?width=10", nil, "ENOENT", kept},
		{"HEAD", "/img/no.jpg?width=10", nil, "ENOENT", kept},
		{"GET", "/img/red.jpg?width=x", nil, "EINVAL", kept},
		{"GET", "/img/red.jpg?width=x", []string{"Accept", "image/webp", "Range", "bytes=0-1", "Save-Data", "on"}, "EINVAL", kept},
		{"GET", "/img/red.jpg?width=10&format=jpg&quality=50&mark=/no.png", nil, "ENOENT", kept},
		{"GET", whole, nil, "ENOENT", kept},

		{"GET", whole, []string{"CDN-Loop", "caddy-images"}, "EINVAL", not},
		{"GET", "/img/red.jpg?width=10&format=jpg&quality=50&mark=http://" + addr + "/a.jpg", []string{"CDN-Loop", "other, caddy-images"}, "EINVAL", not},
		{"HEAD", whole, []string{"CDN-Loop", "caddy-images"}, "EINVAL", not},
		{"GET", "/img/red.jpg?width=10&mark=/no.png", []string{"Save-Data", "on"}, "ENOENT", not}, // it has looked at Save-Data
		{"GET", "/img/red.jpg?format=jpg&quality=50&mark=/no.png", []string{"User-Agent", "Mobi"}, "ENOENT", not},
		{"PUT", "/img/red.jpg?width=10", nil, "ENOTSUP", not},
		{"POST", "/img/red.jpg?width=10", nil, "ENOTSUP", not},
		{"POST", "/img?width=x", nil, "EINVAL", not},
	} {
		a := s.ask(t, tt.method, tt.path, tt.headers...)
		if code, _, _ := strings.Cut(a.Header.Get("Ik-Error"), " "); code != tt.code || a.Header.Get("Cache-Control") != tt.want {
			t.Errorf("%s %s %v: %q with %q, want %s with %s", tt.method, tt.path, tt.headers, a.Header.Get("Ik-Error"), a.Header.Get("Cache-Control"), tt.code, tt.want)
		}
	}
}

// What a handler behind this one fails with has its own status; that of the response is
// the dialect's, for error routes too.
func TestErrorRoutesSeeTheStatusOfTheResponse(t *testing.T) {
	s := serve(t, "images\nroute {\n error 503\n}\nhandle_errors {\n respond \"{err.status_code} {http.images.error.code}\"\n}")
	a := s.get(t, "/tr:w-10/a.jpg")
	a.wants(t, 404, "Ik-Error", "UNIDENTIFIED - This site responded with status 503")
	if string(a.body) != "404 UNIDENTIFIED" {
		t.Errorf("error routes see %q", a.body)
	}
}
