package inprocess_test

import (
	"fmt"
	"image/color"
	"net/http"
	"testing"
)

// An origin that is down has a gateway's statuses where that is asked for, a
// file that is not there has not; the rest of the response is the same.
func TestOriginFailures(t *testing.T) {
	status := 0
	addr := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/red.jpg" {
			w.Write(solidPNG(40, 30, color.NRGBA{R: 255, A: 255}))
			return
		}
		w.WriteHeader(status)
	})
	closed := fmt.Sprint("127.0.0.1:", freePort(t))
	for options, statuses := range map[string]struct{ down, late int }{
		"":                    {404, 404},
		"origin_failures 404": {404, 404},
		"origin_failures 502": {502, 504},
	} {
		t.Run(options, func(t *testing.T) {
			at := func(url string) site {
				return serve(t, "images {\n cache off\n "+options+"\n origin web "+url+" {\n  allow_private 127.0.0.0/8\n }\n}")
			}
			asked := func(t *testing.T, s site, path string, want int, code string) {
				t.Helper()
				a := s.get(t, path)
				a.wants(t, want, "Cache-Control", "no-store", "Retry-After", "none")
				if got := a.Header.Get("Ik-Error"); len(got) < len(code) || got[:len(code)] != code {
					t.Errorf("%s: ik-error is %q, want %s", path, got, code)
				}
			}
			s := at("http://" + addr)
			for _, tt := range []struct {
				status, want int
				code         string
			}{
				{404, 404, "ENOENT"}, {410, 404, "ENOENT"},
				{401, 404, "EACCES"}, {403, 404, "EACCES"},
				{400, 404, "EINVAL"},
				{408, statuses.late, "ETIMEDOUT"},
				{429, statuses.down, "UNIDENTIFIED"}, {500, statuses.down, "UNIDENTIFIED"},
				{503, statuses.down, "UNIDENTIFIED"}, {504, statuses.down, "UNIDENTIFIED"}, {302, statuses.down, "UNIDENTIFIED"},
			} {
				status = tt.status
				for _, path := range []string{"/tr:w-10/a.jpg", "/a.jpg?tr=orig-true", "/a.jpg", "/a.css", "/tr:w-10,di-b.jpg/a.jpg", "/tr:l-image,i-a.jpg,l-end/red.jpg"} {
					t.Run(fmt.Sprint(tt.status, path), func(t *testing.T) { asked(t, s, path, tt.want, tt.code) })
				}
			}
			s = at("http://" + closed)
			asked(t, s, "/tr:w-10/a.jpg", statuses.down, "ECONNREFUSED")
			s = at("https://" + addr)
			asked(t, s, "/tr:w-10/a.jpg", statuses.down, "UNIDENTIFIED") // no TLS
		})
	}
}
