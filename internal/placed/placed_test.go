package placed

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func TestCheck(t *testing.T) {
	check := func(words []string) error {
		switch {
		case len(words) == 0:
			return errors.New("there is nothing")
		case slices.Contains(words, "bad"):
			return errors.New("there is bad")
		case slices.Contains(words, "needs") && !slices.Contains(words, "needed"):
			return errors.New("needs needs needed")
		}
		return nil
	}
	for _, tt := range []struct{ options, want string }{
		{"good", ""},
		{"needs\nneeded", ""},
		{"good\nbad\ngood", "there is bad, at Testfile:3"},
		{"good\ngood\nneeds\ngood", "needs needs needed, at Testfile:4"},
		{"", "there is nothing, at Testfile:1"},
	} {
		d := caddyfile.NewTestDispenser("block {\n" + tt.options + "\n}")
		d.Next()
		b := Begin[[]string](d)
		var words []string
		for d.NextBlock(0) {
			words = append(slices.Clip(words), d.Val())
			b.Read(At(d), words)
		}
		got := ""
		if err := b.Check(words, check); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%q gives %q, want %q", tt.options, got, tt.want)
		}
	}
}

func TestKnown(t *testing.T) {
	if got := AllKnown([]string{"a", "{env.B}", "c{x}"}, "right"); !slices.Equal(got, []string{"a", "right", "right"}) {
		t.Errorf("%q", got)
	}
}
