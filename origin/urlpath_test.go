package origin

import (
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

func TestParseURLPath(t *testing.T) {
	server := "https://www.example.com"
	for _, tt := range []struct {
		path, query string
		want        Ref
		ok          bool
	}{
		{"https://www.example.com/a.jpg", "", Ref{Server: server, Path: "a.jpg"}, true},
		{"https://www.example.com/a.jpg", "v=1&x", Ref{Server: server, Path: "a.jpg", Query: "v=1&x"}, true},
		{"https:/www.example.com//a.jpg", "", Ref{Server: server, Path: "a.jpg"}, true},
		{"https%3A//www.example.com/a%20b.jpg", "", Ref{Server: server, Path: "a%20b.jpg"}, true},
		{"HTTPS%3a%2f%2fwww.example.com%2Fa%2520b.jpg%3Fv%3D1%26w", "", Ref{Server: server, Path: "a%20b.jpg", Query: "v=1&w"}, true},
		{"https%3A%2F%2Fwww.example.com%2Fa.jpg%3Fv", "x=2", Ref{Server: server, Path: "a.jpg", Query: "v&x=2"}, true},
		{"httpss/a.jpg", "", Ref{}, false},
		{"https/a.jpg", "", Ref{}, false},
		{"a/https://www.example.com/a.jpg", "", Ref{}, false},
		{"", "", Ref{}, false},
	} {
		got, ok, err := ParseURLPath(tt.path, tt.query)
		if ok != tt.ok || err != nil || got != tt.want {
			t.Errorf("%s?%s\ngives %+v, %t, %v\nwant  %+v", tt.path, tt.query, got, ok, err, tt.want)
		}
	}
	for _, path := range []string{"https://user@example.com/a", "https://", "https%3A%2F%2Fexample.com%2F%zz", "https%3A%2F%2F%2Fexa%20mple.com%2F"} {
		if _, ok, err := ParseURLPath(path, ""); !ok || !errors.Is(err, errors.BadTransform) {
			t.Errorf("%s gives %t, %v", path, ok, err)
		}
	}
}
