package inprocess_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Added headers are on every response below the endpoint, whatever it is,
// once.
func TestAddedHeaders(t *testing.T) {
	t.Setenv("CADDY_IMAGES_TEAM", "blue")
	const options = "images {\n add_response_headers \"Access-Control-Allow-Origin: *\" \"x-team:  {env.CADDY_IMAGES_TEAM} \"\n add_response_headers \"Vary: Origin\" \"Vary: Cookie\"\n dialect imagekit {\n  endpoint /img\n }\n"
	for name, directives := range map[string]string{
		"fs":   options + " origin fs ROOT\n}\nhandle_errors {\n respond theirs\n}",
		"next": "root ROOT\nroute {\n" + options + "}\nuri strip_prefix /img\nfile_server\n}",
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, directives)
			etag := s.get(t, "/img/tr:w-10/red.jpg").Header.Get("Etag")
			for path, status := range map[string]int{"/img/red.jpg": 200, "/img/tr:w-10/red.jpg": 200, "/img/red.jpg?tr=w-10": 200, "/img/tr:w-10/no.jpg": 404, "/img/tr:w-x/red.jpg": 400, "/img/text.txt": 200, "/img/tr:f-svg/icon.svg": 200} {
				a := s.get(t, path)
				a.wants(t, status)
				if got := a.Header.Values("Access-Control-Allow-Origin"); !slices.Equal(got, []string{"*"}) {
					t.Errorf("%s: Access-Control-Allow-Origin is %q", path, got)
				}
				if got := a.Header.Values("X-Team"); !slices.Equal(got, []string{"blue"}) {
					t.Errorf("%s: X-Team is %q", path, got)
				}
				if vary := a.Header.Values("Vary"); len(vary) != 1 || !strings.HasPrefix(vary[0], "Origin, Cookie") {
					t.Errorf("%s: Vary is %q", path, vary)
				}
			}
			s.get(t, "/img/tr:w-10/red.jpg", "If-None-Match", etag).wants(t, 304, "X-Team", "blue")
			s.ask(t, http.MethodHead, "/img/tr:w-10/red.jpg").wants(t, 200, "X-Team", "blue")
			s.get(t, "/img/tr:w-10/red.jpg").wants(t, 200, "Vary", "Origin, Cookie, Accept")
			s.get(t, "/elsewhere").wants(t, map[string]int{"fs": 200, "next": 404}[name], "X-Team", "none")
		})
	}
}
