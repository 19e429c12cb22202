package s3

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func TestUnmarshalCaddyfile(t *testing.T) {
	tests := []struct{ in, want string }{
		{"s3 photos", `{"bucket":"photos"}`},
		{"s3 {\n bucket photos\n}", `{"bucket":"photos"}`},
		{"s3 photos {\n prefix 2026/a\n}", `{"bucket":"photos","prefix":"2026/a"}`},
		{"s3 photos {\n region eu-central-1\n}", `{"bucket":"photos","region":"eu-central-1"}`},
		{"s3 photos {\n endpoint https://s3.example.net\n}", `{"bucket":"photos","endpoint":"https://s3.example.net"}`},
		{"s3 photos {\n path_style\n}", `{"bucket":"photos","path_style":true}`},
		{"s3 photos {\n access_key {env.S3_KEY}\n secret_key {env.S3_SECRET}\n}", `{"bucket":"photos","access_key":"{env.S3_KEY}","secret_key":"{env.S3_SECRET}"}`},
		{"s3 photos {\n access_key b\n secret_key c\n session_token a\n}", `{"bucket":"photos","access_key":"b","secret_key":"c","session_token":"a"}`},
		{"s3 photos {\n anonymous\n}", `{"bucket":"photos","anonymous":true}`},
		{"s3 photos {\n ignore_cache_control\n}", `{"bucket":"photos","ignore_cache_control":true}`},
		{"s3 photos {\n timeout 1s\n}", `{"bucket":"photos","timeout":1000000000}`},
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
		{"s3", "bucket is missing"},
		{"s3 {\n prefix a\n}", "bucket is missing"},
		{"s3 a b", "wrong argument count"},
		{"s3 a {\n bucket b\n}", "bucket is already set"},
		{"s3 {\n bucket\n}", "wrong argument count"},
		{"s3 {\n prefix a b\n}", "wrong argument count"},
		{"s3 {\n region\n}", "wrong argument count"},
		{"s3 {\n endpoint\n}", "wrong argument count"},
		{"s3 {\n path_style yes\n}", "wrong argument count"},
		{"s3 {\n access_key\n}", "wrong argument count"},
		{"s3 {\n secret_key\n}", "wrong argument count"},
		{"s3 {\n session_token\n}", "wrong argument count"},
		{"s3 {\n anonymous yes\n}", "wrong argument count"},
		{"s3 {\n ignore_cache_control yes\n}", "wrong argument count"},
		{"s3 {\n timeout long\n}", `timeout: "long" is not a positive duration, such as 10s`},
		{"s3 {\n acl public\n}", `unrecognized option "acl"; the options are bucket, prefix, region, endpoint, path_style, access_key, secret_key, session_token, anonymous, ignore_cache_control, timeout`},
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
		{Origin{}, "bucket is missing"},
		{Origin{Bucket: "{env.NOT_THERE}"}, "bucket: "},
		{Origin{Bucket: "a"}, `bucket "a": Bucket name cannot be shorter than 3 characters`},
		{Origin{Bucket: bucket, AccessKey: "a"}, "access_key and secret_key need each other"},
		{Origin{Bucket: bucket, SecretKey: "hunter2"}, "access_key and secret_key need each other"},
		{Origin{Bucket: bucket, AccessKey: "a", SecretKey: "{env.NOT_THERE}"}, "secret_key: "},
		{Origin{Bucket: bucket, SessionToken: "hunter2"}, "session_token needs access_key and secret_key"},
		{Origin{Bucket: bucket, Anonymous: true, AccessKey: "a", SecretKey: "hunter2"}, "anonymous and access_key exclude each other"},
		{Origin{Bucket: bucket, Timeout: -1}, "timeout is negative"},
		{Origin{Bucket: bucket, Endpoint: "s3.example.net"}, "endpoint must be a URL such as https://s3.example.net, with http or https"},
		{Origin{Bucket: bucket, Endpoint: "https://a:hunter2@s3.example.net"}, "endpoint must have a host only, such as https://s3.example.net"},
		{Origin{Bucket: bucket, Endpoint: "https://s3.example.net/photos"}, "endpoint must have a host only"},
		{Origin{Bucket: bucket, Endpoint: "https://s3.example.net?a"}, "endpoint must have a host only"},
	}
	for _, tt := range tests {
		err := tt.origin.Provision(caddy.Context{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("got %v, want %q", err, tt.want)
		}
		if err := tt.origin.Cleanup(); err != nil {
			t.Errorf("cleaning up what was not provisioned: %v", err)
		}
	}
}

func TestBucketURL(t *testing.T) {
	tests := []struct {
		origin Origin
		want   string
	}{
		{Origin{Bucket: "photos"}, "https://photos.s3.us-east-1.amazonaws.com/"},
		{Origin{Bucket: "photos", Region: "eu-central-1"}, "https://photos.s3.eu-central-1.amazonaws.com/"},
		{Origin{Bucket: "photos", Region: "cn-north-1"}, "https://photos.s3.cn-north-1.amazonaws.com.cn/"},
		{Origin{Bucket: "photos", PathStyle: true}, "https://s3.us-east-1.amazonaws.com/photos/"},
		{Origin{Bucket: "my.photos"}, "https://s3.us-east-1.amazonaws.com/my.photos/"},
		{Origin{Bucket: "photos", Endpoint: "https://s3.example.net/"}, "https://photos.s3.example.net/"},
		{Origin{Bucket: "my.photos", Endpoint: "http://s3.example.net"}, "http://my.photos.s3.example.net/"},
		{Origin{Bucket: "photos", Endpoint: "http://10.0.0.7:9000"}, "http://10.0.0.7:9000/photos/"},
		{Origin{Bucket: "photos", Endpoint: "https://[::1]:9000"}, "https://[::1]:9000/photos/"},
	}
	for _, tt := range tests {
		if err := tt.origin.Provision(caddy.Context{}); err != nil || tt.origin.base.String() != tt.want {
			t.Errorf("got %s, %v, want %s", tt.origin.base, err, tt.want)
		}
	}
}
