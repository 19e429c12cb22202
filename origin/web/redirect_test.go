package web

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// serving starts a real server for a handler and returns its URL.
func serving(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func TestRedirects(t *testing.T) {
	one := 1
	none := 0
	mux := http.NewServeMux()
	mux.HandleFunc("/picture", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("picture")) })
	for from, to := range map[string]string{
		"/once": "/picture", "/twice": "/once", "/loop": "/loop",
		"/ftp": "ftp://127.0.0.1/a", "/file": "file:///etc/passwd", "/empty": "",
	} {
		mux.HandleFunc(from, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		})
	}
	url := serving(t, mux.ServeHTTP)
	tests := []struct {
		path    string
		max     *int
		message string
	}{
		{"once", nil, ""},
		{"twice", nil, ""},
		{"once", &one, ""},
		{"twice", &one, "The web server redirected too often"},
		{"once", &none, "The web server redirected, and max_redirects is 0"},
		{"loop", nil, "The web server redirected too often"},
		{"ftp", nil, "The web server redirected to a URL that is neither http nor https"},
		{"file", nil, "The web server redirected to a URL that is neither http nor https"},
		{"empty", nil, "The web server responded with status 302"},
	}
	for _, tt := range tests {
		o := provisioned(t, &Origin{BaseURL: url, MaxRedirects: tt.max})
		source, err := fetch(t.Context(), t, o, tt.path, "")
		if tt.message != "" {
			wantError(t, err, errors.Unidentified, tt.message)
			continue
		}
		if err != nil || string(source.Body) != "picture" {
			t.Errorf("%s: got %v, %v", tt.path, source, err)
		}
	}
}

// An address that is not public is not even connected to.
func TestRedirectToPrivateAddress(t *testing.T) {
	var connections atomic.Int32
	l, err := net.Listen("tcp", "127.0.0.2:0")
	if err != nil {
		t.Skipf("this system has no 127.0.0.2: %v", err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			c.Close()
		}
	}()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	for _, target := range []string{
		"127.0.0.2:" + port, "[::ffff:127.0.0.2]:" + port, "[64:ff9b::7f00:2]:" + port, "[2002:7f00:2::]:" + port, "169.254.169.254", "0.0.0.0:" + port, "[::]:" + port,
	} {
		t.Run(target, func(t *testing.T) {
			o := provisioned(t, &Origin{BaseURL: serving(t, func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "http://"+target+"/latest/meta-data", http.StatusFound)
			})})
			_, err := fetch(t.Context(), t, o, "a.jpg", "")
			wantError(t, err, errors.AccessDenied, "The address of the web server is not public; allow_private must name its network")
		})
	}
	if n := connections.Load(); n != 0 {
		t.Errorf("%d connections were made", n)
	}
}

func TestRedirectKeepsSecretsAtHome(t *testing.T) {
	var atHome, abroad, back http.Header
	var home string
	stranger := serving(t, func(w http.ResponseWriter, r *http.Request) {
		abroad = r.Header
		http.Redirect(w, r, home+"/back", http.StatusFound)
	})
	home = serving(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/start":
			http.Redirect(w, r, "/away", http.StatusFound)
		case "/away":
			atHome = r.Header
			http.Redirect(w, r, stranger+"/", http.StatusFound)
		default:
			back = r.Header
		}
	})
	o := provisioned(t, &Origin{BaseURL: home, Headers: map[string]string{"Authorization": "Bearer hunter2", "x-api-key": "hunter2"}})
	if _, err := fetch(t.Context(), t, o, "start", "signature=hunter2"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Authorization", "X-Api-Key"} {
		if atHome.Get(name) == "" {
			t.Errorf("%s is not sent after a redirect to the same host", name)
		}
		if abroad.Get(name) != "" {
			t.Errorf("%s is sent to another host", name)
		}
		if back.Get(name) != "" {
			t.Errorf("%s is sent to a URL that another host chose", name)
		}
	}
	if abroad.Get("Referer") != "" || abroad.Get("User-Agent") != "caddy-images" {
		t.Errorf("another host gets %v", abroad)
	}
}
