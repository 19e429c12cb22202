package s3

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func TestUnmarshalCaddyfile(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"s3 variants", `{"bucket":"variants"}`},
		{"s3 {\n bucket variants\n}", `{"bucket":"variants"}`},
		{"s3 variants {\n prefix a/b\n region r\n endpoint https://x\n path_style\n access_key a\n secret_key {env.S}\n session_token t\n read_timeout 1s\n}",
			`{"bucket":"variants","prefix":"a/b","region":"r","endpoint":"https://x","path_style":true,"access_key":"a","secret_key":"{env.S}","session_token":"t","read_timeout":1000000000}`},
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
	for _, tt := range []struct{ in, want string }{
		{"s3", "bucket is missing"},
		{"s3 a b", "wrong argument count"},
		{"s3 a {\n bucket b\n}", "bucket is already set"},
		{"s3 a {\n prefix\n}", "wrong argument count"},
		{"s3 a {\n prefix a b\n}", "wrong argument count"},
		{"s3 a {\n path_style on\n}", "wrong argument count"},
		{"s3 a {\n read_timeout 0\n}", `read_timeout: "0" is no duration above zero, such as 300ms`},
		{"s3 a {\n read_timeout soon\n}", `read_timeout: "soon" is no duration above zero, such as 300ms`},
		{"s3 a {\n read_timeout 1s\n read_timeout 1s\n}", "read_timeout is already set"},
		{"s3 a {\n anonymous\n}", `unrecognized option "anonymous"; the options are bucket, prefix,`},
	} {
		var c Cache
		err := c.UnmarshalCaddyfile(caddyfile.NewTestDispenser(tt.in))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "Testfile:") {
			t.Errorf("%q: got %v, want %q with file and line", tt.in, err, tt.want)
		}
	}
}

func TestProvision(t *testing.T) {
	t.Setenv("CACHE_BUCKET", "variants")
	c := &Cache{Bucket: "{env.CACHE_BUCKET}", Prefix: "/a/", Endpoint: "https://s3.example.net", AccessKey: "a", SecretKey: "b"}
	if err := c.Provision(caddy.Context{}); err != nil {
		t.Fatal(err)
	}
	a := c.access
	if a.Bucket != "variants" || a.Prefix != "a/" || a.Region != "us-east-1" || a.Server.String() != "https://s3.example.net" || a.PathStyle || c.ReadTimeout != caddy.Duration(300*time.Millisecond) {
		t.Errorf("got %+v, %v", a, c.ReadTimeout)
	}
	other := *c
	other.SecretKey = "c"
	if c.Settings() == other.Settings() {
		t.Error("tiers with other keys have equal settings")
	}
}

func TestProvisionErrors(t *testing.T) {
	for _, tt := range []struct {
		cache Cache
		want  string
	}{
		{Cache{}, "cache s3: bucket is missing"},
		{Cache{Bucket: "{env.NOT_THERE}"}, "cache s3: bucket: "},
		{Cache{Bucket: "variants", AccessKey: "a"}, "cache s3: access_key and secret_key need each other"},
		{Cache{Bucket: "variants", Endpoint: "x"}, "cache s3: endpoint must be a URL"},
		{Cache{Bucket: "variants", ReadTimeout: -1}, "cache s3: read_timeout is negative"},
	} {
		if err := tt.cache.Provision(caddy.Context{}); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
			t.Errorf("%+v: got %v, want %q", tt.cache, err, tt.want)
		}
	}
}
