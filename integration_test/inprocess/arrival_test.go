package inprocess_test

import (
	"net/http"
	"strings"
	"testing"
)

// A layer, or a default image, is fetched by the request that was let through for it.
// What routes set for the original's path, and handlers behind this one go by, does not
// hold for it.
func TestFilesAreFetchedByTheirOwnRequest(t *testing.T) {
	scoped := backend(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/private/") && r.Header.Get("X-Scope") != "all" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = w.Write(logo)
	})
	for name, directives := range map[string]string{
		"variables":    "root ROOT\n@private path /private/*\nvars @private closed yes\nroute {\n images\n @closed vars closed yes\n respond @closed 403\n file_server\n}",
		"placeholders": "root ROOT\nmap {path} {zone} {\n ~^/private/ closed\n default open\n}\nroute {\n images\n @closed expression `{zone} == \"closed\"`\n respond @closed 403\n file_server\n}",
		"headers":      "@free not path /private/*\nroute {\n request_header -X-Scope\n request_header @free X-Scope all\n images\n reverse_proxy " + scoped + "\n}",
		"root":         "root ROOT\nroot /private/* ROOT/none\nimages {\n origin fs\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			s.addFile(t, "private/blue.png", logo)
			s.addFile(t, "blue.png", logo)
			if a := s.get(t, "/private/blue.png"); a.StatusCode < 400 {
				t.Fatalf("the file itself is answered with %d", a.StatusCode)
			}
			for _, path := range []string{
				"/blue.png?tr=l-image,i-private@@blue.png,l-end", "/tr:l-image,i-private@@blue.png,l-end/blue.png",
				"/no.png?tr=w-9,di-private@@blue.png", "/tr:w-9/private/blue.png", "/private/blue.png?tr=w-9",
			} {
				if name == "headers" && strings.HasPrefix(path, "/no.png") {
					continue // which is there, too
				}
				if a := s.get(t, path); a.StatusCode < 400 {
					t.Errorf("%s is answered with %d", path, a.StatusCode)
				}
			}
			s.get(t, "/blue.png?tr=l-image,i-blue.png,l-end").wants(t, 200)
		})
	}
}
