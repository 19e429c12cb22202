package origin

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestParseURL(t *testing.T) {
	for whole, want := range map[string]Ref{
		"https://www.example.com/a/b.jpg":           {Server: "https://www.example.com", Path: "a/b.jpg"},
		"HTTP://WWW.Example.COM./a.jpg?b=1&c":       {Server: "http://www.example.com", Path: "a.jpg", Query: "b=1&c"},
		"https://example.com:443/a%20b.jpg#c?d":     {Server: "https://example.com", Path: "a%20b.jpg"},
		"http://example.com:443/a b?c?d":            {Server: "http://example.com:443", Path: "a%20b", Query: "c?d"},
		"http://example.com:080/":                   {Server: "http://example.com:80"},
		"http://example.com?a":                      {Server: "http://example.com", Query: "a"},
		"https://[2001:DB8:0::1]:8443//a":           {Server: "https://[2001:db8::1]:8443", Path: "a"},
		"https://192.0.2.1/https://example.com/a/b": {Server: "https://192.0.2.1", Path: "https://example.com/a/b"},
	} {
		if got, err := ParseURL(whole); err != nil || got != want {
			t.Errorf("%s gives %+v, %v, want %+v", whole, got, err, want)
		}
	}
	for _, whole := range []string{
		"", "a.jpg", "ftp://example.com/a", "file:///etc/passwd", "https:/example.com/a", "https:///a", "https://?a", "https://:80/a",
		"https://user@example.com/a", "https://user:pw@example.com/a", "https://example.com:/a", "https://example.com:0/a",
		"https://example.com:65536/a", "https://example.com:a/a", "https://exa%6dple.com/a", "https://b\u00fccher.example/a",
		"https://exa mple.com/a", "https://[fe80::1%25eth0]/a", "https://[::1/a", "https://a:b:c/a", "https://example.com/../a",
		"https://example.com\\@example.org/a", "https://example.com/%zz", "https://example.com/a\x00", "https://a,b/c",
	} {
		if got, err := ParseURL(whole); !errors.Is(err, errors.BadTransform) {
			t.Errorf("%q gives %+v, %v", whole, got, err)
		}
	}
}

// FuzzParseURL: what is parsed has a server that is parsed again as itself.
func FuzzParseURL(f *testing.F) {
	f.Add("https://www.example.com:8080/a%20b.jpg?c#d")
	f.Add("http://[::1]:1/")
	f.Fuzz(func(t *testing.T, whole string) {
		ref, err := ParseURL(whole)
		if err != nil {
			return
		}
		text := ref.Server + "/" + ref.Path
		if ref.Query != "" {
			text += "?" + ref.Query
		}
		if again, err := ParseURL(text); err != nil || again != ref {
			t.Fatalf("%q gives %+v, which gives %+v, %v", whole, ref, again, err)
		}
	})
}
