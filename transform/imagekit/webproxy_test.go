package imagekit

import (
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

func TestWholeURLs(t *testing.T) {
	d, err := New(Config{Endpoint: "/shop", WebProxy: &WebProxy{Hosts: []string{"example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	server := "https://www.example.com"
	for _, tt := range []struct {
		path, query string
		want        origin.Ref
	}{
		{"/shop/https://www.example.com/a.jpg", "", origin.Ref{Server: server, Path: "a.jpg"}},
		{"/shop/tr:w-1/https://www.example.com/a.jpg", "v=1&tr-x", origin.Ref{Server: server, Path: "a.jpg", Query: "v=1&tr-x"}},
		{"/shop/tr:w-1/https:/www.example.com//a.jpg", "", origin.Ref{Server: server, Path: "a.jpg"}},
		{"/shop/https%3A//www.example.com/a%20b.jpg", "", origin.Ref{Server: server, Path: "a%20b.jpg"}},
		{"/shop/HTTPS%3a%2f%2fwww.example.com%2Fa%2520b.jpg%3Fv%3D1%26w", "", origin.Ref{Server: server, Path: "a%20b.jpg", Query: "v=1&w"}},
		{"/shop/tr:w-1/https%3A%2F%2Fwww.example.com%2Fa%20b.jpg%3Fv", "x=2&ik-sdk-version=1", origin.Ref{Server: server, Path: "a%20b.jpg", Query: "v&x=2"}},
		{"/shop/http://www.example.com:8080/a.jpg", "", origin.Ref{Server: "http://www.example.com:8080", Path: "a.jpg"}},
		{"/shop/httpss/a.jpg", "", origin.Ref{Path: "httpss/a.jpg"}},
		{"/shop/https/a.jpg", "", origin.Ref{Path: "https/a.jpg"}},
		{"/shop/a/https://www.example.com/a.jpg", "", origin.Ref{Path: "a/https://www.example.com/a.jpg"}},
	} {
		got, ok, err := d.Parse(tt.path, tt.query)
		if !ok || err != nil || got.Ref != tt.want {
			t.Errorf("%s?%s\ngives %+v, %v\nwant  %+v", tt.path, tt.query, got.Ref, err, tt.want)
		}
	}
	for _, path := range []string{"/shop/https://user@example.com/a", "/shop/https://", "/shop/https%3A%2F%2Fexample.com%2F%zz", "/shop/https%3A%2F%2F%2Fexa%20mple.com%2F"} {
		if _, ok, err := d.Parse(path, ""); !ok || !errors.Is(err, errors.BadTransform) {
			t.Errorf("%s gives %v", path, err)
		}
	}
	// Without web_proxy it is a path like any other.
	got, _, err := new(Dialect).Parse("/https://www.example.com/a.jpg", "")
	if want := (origin.Ref{Path: "https://www.example.com/a.jpg"}); err != nil || got.Ref != want {
		t.Errorf("without web_proxy: %+v, %v", got.Ref, err)
	}
}

func TestListedHosts(t *testing.T) {
	d, err := New(Config{PrivateKeys: []string{"k"}, WebProxy: &WebProxy{Hosts: []string{"Example.com", "*.example.org", "example.net:8080"}}})
	if err != nil {
		t.Fatal(err)
	}
	for server, want := range map[string]bool{
		"https://example.com": true, "http://example.com": true, "http://example.com:8080": false, "https://www.example.com": false,
		"https://notexample.com": false, "https://a.example.org": true, "https://a.b.example.org": true, "https://example.org": false,
		"https://.example.org": false, "https://a.example.org:8443": false, "https://aexample.org": false,
		"https://example.net:8080": true, "https://example.net": false, "": false,
	} {
		if got := d.Lists(server); got != want {
			t.Errorf("%q is listed: %t", server, got)
		}
		asked := transform.Request{Ref: origin.Ref{Server: server, Path: "a"}}
		_, err := d.Admit("/x", "/x", asked, time.Now())
		if admitted := err == nil; admitted != (want || server == "") || err != nil && !errors.Is(err, errors.Unauthorized) {
			t.Errorf("%q gives %v", server, err)
		}
	}
}

func TestWebProxyConfig(t *testing.T) {
	keys := []string{"k"}
	for _, tt := range []struct {
		config Config
		want   string
	}{
		{Config{PrivateKeys: keys, WebProxy: &WebProxy{}}, ""},
		{Config{PrivateKeys: keys, RequireSignature: RequireRemote, WebProxy: &WebProxy{}}, ""},
		{Config{WebProxy: &WebProxy{Hosts: []string{"example.com"}}}, ""},
		{Config{WebProxy: &WebProxy{}}, "web_proxy needs hosts, or a private_key to sign URLs with"},
		{Config{PrivateKeys: keys, RequireSignature: RequireRemote}, "require_signature remote needs web_proxy"},
		{Config{PrivateKeys: keys, RequireSignature: RequireOn, WebProxy: &WebProxy{Hosts: []string{"example.com"}}}, "web_proxy names hosts that need no signature, which contradicts require_signature on"},
	} {
		_, err := New(tt.config)
		if got := ""; err != nil {
			if got = err.Error(); got != tt.want {
				t.Errorf("%+v gives %s, want %s", tt.config, got, tt.want)
			}
		} else if tt.want != "" {
			t.Errorf("%+v is accepted, want %s", tt.config, tt.want)
		}
	}
	for _, host := range []string{"", "*", "*.com", "*.", "https://example.com", "example.com/a", "a@example.com", "exam ple.com", "*.*.example.com", "example.com.", "example.com:443"} {
		if _, err := New(Config{WebProxy: &WebProxy{Hosts: []string{host}}}); err == nil {
			t.Errorf("the host %q is accepted", host)
		}
	}
}
