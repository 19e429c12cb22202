package images

import (
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// Messages name the options that there are, and no others.
func TestOptionsAreThose(t *testing.T) {
	for block, names := range options {
		for _, name := range append(names, "nonsense") {
			text := "images {\n" + name + "\n}"
			switch {
			case strings.HasPrefix(block, "dialect"):
				text = "images {\n" + block + " {\n" + name + "\n}\n}"
			case block == "post":
				text = "images {\ndialect imagizer {\npost {\n" + name + "\n}\n}\n}"
			}
			err := new(Handler).UnmarshalCaddyfile(caddyfile.NewTestDispenser(text))
			if unknown := err != nil && strings.Contains(err.Error(), "has no option"); unknown != (name == "nonsense") {
				t.Errorf("%s, %s: %v", block, name, err)
			}
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "bc", 1}, {"abc", "axbc", 1}, {"abc", "cab", 2}, {"kitten", "sitting", 3}} {
		if got := distance(tt.a, tt.b); got != tt.want {
			t.Errorf("from %q to %q it is %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
