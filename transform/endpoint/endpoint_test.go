package endpoint

import (
	stderrors "errors"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct{ text, want, err string }{
		{"", "", ""},
		{"/", "", ""},
		{"/shop", "/shop", ""},
		{"/shop/", "/shop", ""},
		{"/my_id/new-endpoint2/", "/my_id/new-endpoint2", ""},
		{"shop", "", `endpoint "shop" does not begin with a slash`},
		{"https://img.example.com/shop", "", `endpoint "https://img.example.com/shop" does not begin with a slash`},
		{"//", "", `endpoint "//" has two slashes in a row`},
		{"/a//b", "", `endpoint "/a//b" has two slashes in a row`},
		{"/a b", "", `endpoint "/a b" has a character other than letters, digits, hyphens, underscores and slashes`},
		{"/a/..", "", `endpoint "/a/.." has a character other than letters, digits, hyphens, underscores and slashes`},
		{"/é", "", `endpoint "/é" has a character other than letters, digits, hyphens, underscores and slashes`},
		{"/tr:", "", `endpoint "/tr:" has a character other than letters, digits, hyphens, underscores and slashes`},
	} {
		got, err := Parse(tt.text)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if string(got) != tt.want || message != tt.err {
			t.Errorf("%q gives %q, %v; want %q, %s", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func TestBelow(t *testing.T) {
	for _, tt := range []struct {
		endpoint Endpoint
		path     string
		ours     bool
		rest     string
	}{
		{"/shop", "/shop/a.jpg", true, "a.jpg"},
		{"/shop", "/shop//a.jpg", true, "a.jpg"},
		{"/shop", "/shop", true, ""},
		{"/shop", "/shop/", true, ""},
		{"/shop", "/shopping/a.jpg", false, ""},
		{"/shop", "/Shop/a.jpg", false, ""},
		{"/shop", "/a.jpg", false, ""},
		{"/shop", "/a/shop/a.jpg", false, ""},
		{"/shop", "/sho", false, ""},
		{"/shop", "", false, ""},
		{"/shop", "/%73ho%70/a.jpg", true, "a.jpg"},
		{"/shop", "/sho%zz/a.jpg", false, ""},
		{"/id/shop", "/id/shop/a/b.jpg", true, "a/b.jpg"},
		{"/id/shop", "/id/a.jpg", false, ""},
		{"/id/shop", "/x//id/shop/a.jpg", false, ""},
		{"/id/shop", "/id/x/../shopping/a.jpg", false, ""},
		{"/id/shop", "/../a.jpg", false, ""},
		{"", "/a.jpg", true, "a.jpg"},
		{"", "/", true, ""},
		{"", "", true, ""},
	} {
		if rest, ours, err := tt.endpoint.Below(tt.path); ours != tt.ours || rest != tt.rest || err != nil {
			t.Errorf("%s below %s gives %q, %t, %v", tt.path, tt.endpoint, rest, ours, err)
		}
	}
}

func TestBelowForThoseWhoCleanPaths(t *testing.T) {
	for _, path := range []string{"//id/shop/a.jpg", "/id//shop/a.jpg", "/./id/shop", "/%2e/id/shop/a.jpg", "/x/../id/shop/a.jpg", "/x/%2E%2E/id/shop/a.jpg", "/%2Fid/shop/a.jpg", "/id%2Fshop/a.jpg"} {
		if _, ours, err := Endpoint("/id/shop").Below(path); !ours || !stderrors.Is(err, origin.ErrPath) {
			t.Errorf("%s gives %t, %v", path, ours, err)
		}
	}
}
