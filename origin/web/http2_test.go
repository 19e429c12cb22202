package web

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// RFC 9113 section 6.4: RST_STREAM ends one response, not the connection.
func TestHTTP2ResetStream(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor != 2 {
			t.Errorf("asked by %s", r.Proto)
		}
		if r.URL.Path == "/body" {
			w.Header().Set("Content-Length", "900")
			_, _ = w.Write([]byte("abc"))
			_ = http.NewResponseController(w).Flush()
		}
		panic(http.ErrAbortHandler)
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	defer s.Close()
	o := provisioned(t, &Origin{BaseURL: s.URL, TLS: &TLS{InsecureSkipVerify: true}})
	for _, path := range []string{"header", "body"} {
		_, err := fetch(t.Context(), t, o, path, "")
		wantError(t, err, errors.Unidentified, "The web server reset the connection")
	}
}
