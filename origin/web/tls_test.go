package web

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// servingTLS starts a real server with Go's test certificate, which is valid for
// example.com and 127.0.0.1, and returns its URL and a file with its authority.
func servingTLS(t *testing.T, h http.HandlerFunc) (url, ca string) {
	t.Helper()
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.StartTLS()
	t.Cleanup(s.Close)
	ca = filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(ca, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.URL, ca
}

func TestTLS(t *testing.T) {
	url, ca := servingTLS(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("picture")) })
	t.Setenv("CA", ca)
	const untrusted = "The certificate of the web server is not trusted"
	tests := []struct {
		name    string
		tls     *TLS
		message string
	}{
		{"an unknown authority", nil, untrusted},
		{"an empty block", &TLS{}, untrusted},
		{"ca", &TLS{CAFiles: []string{"{env.CA}"}}, ""},
		{"ca and server_name", &TLS{CAFiles: []string{ca}, ServerName: "example.com"}, ""},
		{"another server_name", &TLS{CAFiles: []string{ca}, ServerName: "example.net"}, untrusted},
		{"insecure_skip_verify", &TLS{InsecureSkipVerify: true}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := provisioned(t, &Origin{BaseURL: url, TLS: tt.tls})
			source, err := fetch(t.Context(), t, o, "a.jpg", "")
			if tt.message != "" {
				wantError(t, err, errors.Unidentified, tt.message)
				return
			}
			if err != nil || string(source.Body) != "picture" {
				t.Errorf("got %v, %v", source, err)
			}
		})
	}
}

func TestRedirectFromHTTPSToHTTP(t *testing.T) {
	plain := serving(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	url, ca := servingTLS(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, plain, http.StatusFound) })
	o := provisioned(t, &Origin{BaseURL: url, TLS: &TLS{CAFiles: []string{ca}}})
	_, err := fetch(t.Context(), t, o, "a.jpg", "")
	wantError(t, err, errors.Unidentified, "The web server redirected from https to http")
}
