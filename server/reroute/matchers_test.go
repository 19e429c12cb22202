package reroute

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
)

// Whatever path a name of an original comes from, matchers see that original in it.
func FuzzMatchersSeeTheOriginal(f *testing.F) {
	for _, escaped := range []string{"a.jpg", "/a.jpg", "//a//b.jpg", "%2Fa%2F%2Fb", "a/./b", "a/../b", "a/%2e%2e/b", "%2e/a", "a/", "a%2F", "%252e%252e/a", "a;b", `a\..\b`, "", "/", "..", "\u00e4%C3%A4"} {
		f.Add(escaped)
	}
	f.Fuzz(func(t *testing.T, escaped string) {
		ref, err := origin.ParseRef(escaped, "")
		seen, malformed := url.PathUnescape(escaped)
		if err != nil || malformed != nil {
			return
		}
		if !matchersSee("/"+seen, "", ref) || !matchersSee("/shop/"+seen, "/shop", ref) {
			t.Errorf("%q is %q to an origin, and another file to matchers", escaped, ref.Path)
		}
		// What they see is below the endpoint, and has the original's own segments.
		if want := path.Clean("/shop/" + ref.Name()); want != strings.TrimSuffix(cleaned("/shop/"+seen), "/") {
			t.Errorf("%q: matchers see %q, want %q", escaped, cleaned("/shop/"+seen), want)
		}
	})
}

func TestMatchersSeeAnother(t *testing.T) {
	ref := origin.Ref{Path: "public/x.jpg"}
	for _, path := range []string{"/private/x.jpg", "/public/x.jpg/", "/public", "/public/../private/x.jpg", "/x/public/x.jpg"} {
		if matchersSee(path, "", ref) {
			t.Errorf("%s is taken for %s", path, ref.Path)
		}
	}
}
