package images

import (
	"crypto/tls"
	"crypto/x509"
	"net/http/httptest"
	"testing"

	"github.com/caddy-images/caddy-images/origin/next"
)

// What says who sends a request, without a word of the handlers that act on it, keeps its
// responses out of the cache.
func TestCredentials(t *testing.T) {
	for name, want := range map[string]bool{"": false, "Authorization": true, "Proxy-Authorization": true, "Cookie": false, "client certificate": true} {
		r := httptest.NewRequest("GET", "https://www.example.com/a.jpg", nil)
		switch name {
		case "":
		case "client certificate":
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{{}}}
		default:
			r.Header.Set(name, "x")
		}
		by := bindNext(next.WithCall(t.Context(), next.Call{Request: r}))
		if by.ForUser != want {
			t.Errorf("%q: a request with it is for its user: %v", name, by.ForUser)
		}
	}
	if !bindNext(t.Context()).ForUser {
		t.Error("without a request, something is kept")
	}
}
