package fs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func TestUnmarshalCaddyfile(t *testing.T) {
	tests := []struct{ in, want string }{
		{"fs", `{}`},
		{"fs /srv/photos", `{"root":"/srv/photos"}`},
		{"fs {\n root {env.PHOTOS}\n}", `{"root":"{env.PHOTOS}"}`},
		{"fs {\n file_system pictures\n}", `{"file_system":"pictures"}`},
		{"fs {\n hidden\n}", `{"hidden":true}`},
	}
	for _, tt := range tests {
		var o Origin
		if err := o.UnmarshalCaddyfile(caddyfile.NewTestDispenser(tt.in)); err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		if got, err := json.Marshal(o); err != nil || string(got) != tt.want {
			t.Errorf("%q: got %s, %v, want %s", tt.in, got, err, tt.want)
		}
	}
}

func TestUnmarshalCaddyfileErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"fs a b", "wrong argument count"},
		{"fs a {\n root b\n}", "root is already set"},
		{"fs {\n root\n}", "wrong argument count"},
		{"fs {\n file_system\n}", "wrong argument count"},
		{"fs {\n hidden yes\n}", "wrong argument count"},
		{"fs {\n follow\n}", `unrecognized option "follow"; the options are root, file_system, hidden`},
	}
	for _, tt := range tests {
		var o Origin
		err := o.UnmarshalCaddyfile(caddyfile.NewTestDispenser(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "Testfile:") {
			t.Errorf("%q: got %v, want %q with file and line", tt.in, err, tt.want)
		}
	}
}

func TestProvisionErrors(t *testing.T) {
	tests := []struct {
		origin Origin
		want   string
	}{
		{Origin{Root: "{env.NOT_THERE}"}, "root: "},
		{Origin{FileSystem: "{env.NOT_THERE}"}, "file_system: "},
		{Origin{FileSystem: "x", Root: "../a"}, `root: "../a" leads out of the file system`},
	}
	for _, tt := range tests {
		ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
		if err := tt.origin.Provision(ctx); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.origin, err, tt.want)
		}
		cancel()
	}
}
