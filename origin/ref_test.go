package origin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

func TestParseRef(t *testing.T) {
	tests := []struct{ in, path, name string }{
		{"/a/b.jpg", "a/b.jpg", "a/b.jpg"},
		{"///a.jpg", "a.jpg", "a.jpg"},
		{"", "", ""},
		{"a//b/.jpg/", "a//b/.jpg/", "a//b/.jpg/"},
		{"a%2fb%2Fc", "a%2Fb%2Fc", "a/b/c"},
		{"%61%7e%2D%5f%2e%41%39", "a~-_.A9", "a~-_.A9"},
		{"a b%20c", "a%20b%20c", "a b c"},
		{"a+b%2Bc%2bd", "a+b%2Bc%2Bd", "a+b+c+d"},
		{"é%C3%a9", "%C3%A9%C3%A9", "éé"},
		{"e\u0301", "e%CC%81", "e\u0301"},
		{"(a),b:c@d;e=f&g!h$i'j*", "(a),b:c@d;e=f&g!h$i'j*", "(a),b:c@d;e=f&g!h$i'j*"},
		{"100%25%2541", "100%25%2541", "100%%41"},
		{"a%3Fb%23c", "a%3Fb%23c", "a?b#c"},
		{"...", "...", "..."},
		{"..a/.b./c..", "..a/.b./c..", "..a/.b./c.."},
	}
	for _, tt := range tests {
		ref, err := origin.ParseRef(tt.in, "q=%2f")
		if err != nil {
			t.Errorf("ParseRef(%q): %v", tt.in, err)
			continue
		}
		if ref.Path != tt.path || ref.Name() != tt.name || ref.Query != "q=%2f" {
			t.Errorf("ParseRef(%q) = %q (named %q) ? %q, want %q (named %q)", tt.in, ref.Path, ref.Name(), ref.Query, tt.path, tt.name)
		}
	}
}

func TestParseRefRefuses(t *testing.T) {
	tests := []struct{ in, message string }{
		{"a%", "malformed percent-encoding; % must be followed by two hex digits"},
		{"a%2", "malformed percent-encoding"},
		{"a%zz", "malformed percent-encoding"},
		{"a%ff", "not percent-encoded UTF-8"},
		{"a\xff", "not percent-encoded UTF-8"},
		{"a%00.jpg", "control character"},
		{"a%0d%0aSet-Cookie:x", "control character"},
		{"a%7Fb", "control character"},
		{"../a", `".." segment`},
		{"a/%2e%2E/b", `".." segment`},
		{"a%2f..%2fb", `".." segment`},
		{"a/./b", `"." segment`},
		{"a/.", `"." segment`},
	}
	for _, tt := range tests {
		_, err := origin.ParseRef(tt.in, "")
		if !errors.Is(err, errors.BadTransform) || !strings.Contains(errors.From(err).Message, tt.message) {
			t.Errorf("ParseRef(%q) = %v, want an EINVAL with %q", tt.in, err, tt.message)
		}
	}
}

func TestNameOfARefThatWasNotParsed(t *testing.T) {
	if got := (origin.Ref{Path: "100%"}).Name(); got != "100%" {
		t.Errorf("Name() = %q", got)
	}
}

func FuzzParseRef(f *testing.F) {
	for _, seed := range []string{"/a/b.jpg", "%2e%2e/x", "a%2fb//c", "é%C3%A9+%2B", "a%", "%00", "...", "%252e"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		ref, err := origin.ParseRef(in, "")
		if err != nil {
			if !errors.Is(err, errors.BadTransform) {
				t.Fatalf("ParseRef(%q) fails with %v", in, err)
			}
			return
		}
		again, err := origin.ParseRef(ref.Path, "")
		if err != nil || again != ref {
			t.Fatalf("ParseRef(%q) = %q, but that parses to %q, %v", in, ref.Path, again.Path, err)
		}
		segments := strings.Split(ref.Name(), "/")
		if slices.Contains(segments, ".") || slices.Contains(segments, "..") {
			t.Fatalf("%q names %q", in, ref.Name())
		}
	})
}
