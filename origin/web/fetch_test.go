package web

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

func TestFetch(t *testing.T) {
	var got *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Content-Type", "image/png")
		w.Header().Set("ETag", `W/"1"`)
		w.Header().Set("Last-Modified", "Wed, 21 Oct 2015 07:28:00 GMT")
		w.Header()["Cache-Control"] = []string{"max-age=60", "public"}
		_, _ = w.Write([]byte("picture"))
	}))
	defer s.Close()
	t.Setenv("PREFIX", "/a%2Fb%20c")
	t.Setenv("TOKEN", "hunter2")
	o := provisioned(t, &Origin{
		BaseURL: s.URL + "{env.PREFIX}/",
		Headers: map[string]string{"authorization": "Bearer {env.TOKEN}", "Accept": "image/webp"},
	})
	source, err := fetch(t.Context(), t, o, "/x//y%2fz%20+%2B(1).png", "v=1%2F2&w")
	if err != nil {
		t.Fatal(err)
	}
	if string(source.Body) != "picture" || source.ContentType != "image/png" || source.ETag != `W/"1"` ||
		source.CacheControl != "max-age=60, public" || !source.LastModified.Equal(time.Date(2015, 10, 21, 7, 28, 0, 0, time.UTC)) ||
		source.Header.Get("Content-Length") != "7" {
		t.Errorf("got %+v", source)
	}
	if want := "/a%2Fb%20c/x//y%2Fz%20+%2B(1).png?v=1%2F2&w"; got.RequestURI != want {
		t.Errorf("asked for %s, want %s", got.RequestURI, want)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer hunter2", "Accept": "image/webp", "User-Agent": "caddy-images", "Accept-Encoding": "identity",
	} {
		if value := got.Header.Get(name); value != want {
			t.Errorf("%s: %q, want %q", name, value, want)
		}
	}
	if "http://"+got.Host != s.URL {
		t.Errorf("Host is %s", got.Host)
	}
}

func TestFetchDefaults(t *testing.T) {
	var got *http.Request
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		w.Header().Set("Last-Modified", "yesterday")
	}))
	defer s.Close()
	o := provisioned(t, &Origin{BaseURL: s.URL, ForwardHost: true})
	source, err := fetch(t.Context(), t, o, "", "")
	if err != nil || len(source.Body) != 0 || !source.LastModified.IsZero() {
		t.Errorf("got %+v, %v", source, err)
	}
	if got.RequestURI != "/" || got.Host != "client.example" || got.Header.Get("Accept") != "image/*,*/*;q=0.8" || got.Header.Get("Referer") != "" {
		t.Errorf("asked for %s of %s with %v", got.RequestURI, got.Host, got.Header)
	}
}

func TestFetchSaysWhoAsks(t *testing.T) {
	var got []string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(r.Header["X-Req-From"], r.UserAgent())
	}))
	defer s.Close()
	for _, tt := range []struct {
		sender  string
		headers map[string]string
		want    []string
	}{
		{"", nil, []string{"caddy-images"}},
		{"imagekit", nil, []string{"imagekit", "caddy-images (imagekit)"}},
		{"imagizer", nil, []string{"imagizer", "caddy-images (imagizer)"}},
		{"imagekit", map[string]string{"x-req-from": "me", "user-agent": "mine/1"}, []string{"me", "mine/1"}},
	} {
		o := provisioned(t, &Origin{BaseURL: s.URL, Headers: tt.headers})
		if _, err := o.Fetch(t.Context(), origin.Request{Sender: tt.sender, MaxBytes: 1}); err != nil || !slices.Equal(got, tt.want) {
			t.Errorf("%q gives %q, %v; want %q", tt.sender, got, err, tt.want)
		}
	}
}

func TestFetchUsesConnectionsAgain(t *testing.T) {
	remotes := map[string]bool{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		remotes[r.RemoteAddr] = true
		if r.URL.Path == "/missing" {
			http.NotFound(w, r)
		}
	}))
	defer s.Close()
	o := provisioned(t, &Origin{BaseURL: s.URL})
	for _, path := range []string{"a", "missing", "b", "missing"} {
		_, _ = fetch(t.Context(), t, o, path, "")
	}
	if len(remotes) != 1 {
		t.Errorf("%d connections", len(remotes))
	}
}

// A proxy would connect on behalf of the guard. The environment's proxies are
// never used for loopback, so no server here could show that one is.
func TestNoProxy(t *testing.T) {
	o := provisioned(t, &Origin{BaseURL: "https://example.com"})
	if o.client.Transport.(*http.Transport).Proxy != nil {
		t.Error("a proxy may be used")
	}
}
