package disk

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"go.uber.org/zap"
)

func TestUnmarshalCaddyfile(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"disk /var/cache/images 10GiB", `{"path":"/var/cache/images","size":10737418240}`},
		{"disk {env.CACHE} 1MiB {\n min_free 2GB\n}", `{"path":"{env.CACHE}","size":1048576,"min_free":2000000000}`},
		{"disk a 2MiB {\n min_free off\n}", `{"path":"a","size":2097152,"min_free":-1}`},
		{"disk a 2MiB {\n min_free 0\n}", `{"path":"a","size":2097152,"min_free":-1}`},
		{"disk a 2MiB {\n}", `{"path":"a","size":2097152}`},
	} {
		var c Cache
		if err := c.UnmarshalCaddyfile(caddyfile.NewTestDispenser(tt.in)); err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		if got, err := json.Marshal(c); err != nil || string(got) != tt.want {
			t.Errorf("%q: got %s, %v, want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestUnmarshalCaddyfileErrors(t *testing.T) {
	const usage = "cache disk takes a directory and a size, such as /var/cache/images 10GiB"
	for _, tt := range []struct{ in, want string }{
		{"disk", usage},
		{"disk /a", usage},
		{"disk /a 1GiB b", usage},
		{`disk "" 1GiB`, usage},
		{"disk /a many", `"many" is not a size; one looks like 10GiB`},
		{"disk /a 99999999999GiB", `"99999999999GiB" is not a size`},
		{"disk /a 1kB", "cache disk has a size of 1000; it takes at least 1048576 (1 MiB)"},
		{"disk /a 1GiB {\n min_free\n}", "wrong argument count"},
		{"disk /a 1GiB {\n min_free 1 2\n}", "wrong argument count"},
		{"disk /a 1GiB {\n min_free -1\n}", `"-1" is not a size`},
		{"disk /a 1GiB {\n min_free 1\n min_free 2\n}", "min_free is already set"},
		{"disk /a 1GiB {\n max_age 3h\n}", `cache disk has no option "max_age"; the option is min_free`},
	} {
		var c Cache
		err := c.UnmarshalCaddyfile(caddyfile.NewTestDispenser(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "Testfile:") {
			t.Errorf("%q: got %v, want %q with file and line", tt.in, err, tt.want)
		}
	}
}

// TestProvision makes no directory, which opening does.
func TestProvision(t *testing.T) {
	parent := t.TempDir()
	t.Setenv("CACHE_PARENT", parent)
	c := Cache{Path: "{env.CACHE_PARENT}/cache", Size: 1 << 20}
	if err := c.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(parent, "cache")
	if entries, err := filepath.Glob(filepath.Join(parent, "*")); c.path != path || len(entries) > 0 || err != nil {
		t.Errorf("the path is %s, and there are %q, %v", c.Path, entries, err)
	}
	if got, want := c.Settings(), `disk "`+path+`" 1048576 0`; got != want {
		t.Errorf("the settings are %s, want %s", got, want)
	}
	tier, err := c.Open(zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if u := tier.Usage(); u.Name != "disk" || u.Limit != 1<<20 || u.Failing {
		t.Errorf("the usage is %+v", u)
	}
	if err := tier.Close(); err != nil {
		t.Error(err)
	}
}

func TestProvisionErrors(t *testing.T) {
	for _, tt := range []struct {
		cache Cache
		want  string
	}{
		{Cache{Size: 1 << 20}, `the path "" is not absolute`},
		{Cache{Path: "cache", Size: 1 << 20}, `the path "cache" is not absolute`},
		{Cache{Path: "{env.NOT_THERE}", Size: 1 << 20}, "path: "},
		{Cache{Path: "/a"}, "cache disk has a size of 0"},
		{Cache{Path: "/a", Size: 1 << 20, MinFree: -2}, "min_free is -2"},
	} {
		err := tt.cache.Provision(caddy.Context{})
		if err == nil {
			err = tt.cache.Validate()
		}
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.cache, err, tt.want)
		}
	}
}
