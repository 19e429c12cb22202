package web

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

func TestUnmarshalCaddyfile(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"argument", `web https://www.example.com`, `{"base_url":"https://www.example.com"}`},
		{"base_url", "web {\n base_url {env.ORIGIN}\n}", `{"base_url":"{env.ORIGIN}"}`},
		{"forward_host", "web https://x.example {\n forward_host\n}", `{"base_url":"https://x.example","forward_host":true}`},
		{"header", "web https://x.example {\n header X-A 1\n header X-B \"2 3\"\n}", `{"base_url":"https://x.example","headers":{"X-A":"1","X-B":"2 3"}}`},
		{"tls", "web https://x.example {\n tls {\n ca a.pem b.pem\n ca c.pem\n server_name x\n insecure_skip_verify\n}\n timeout 1s\n}", `{"base_url":"https://x.example","tls":{"ca_files":["a.pem","b.pem","c.pem"],"server_name":"x","insecure_skip_verify":true},"timeout":1000000000}`},
		{"allow_private", "web https://x.example {\n allow_private 10.0.0.0/8 ::1\n allow_private fd00::/8\n}", `{"base_url":"https://x.example","allow_private":["10.0.0.0/8","::1","fd00::/8"]}`},
		{"ignore_cache_control", "web https://x.example {\n ignore_cache_control\n}", `{"base_url":"https://x.example","ignore_cache_control":true}`},
		{"max_redirects", "web https://x.example {\n max_redirects 0\n}", `{"base_url":"https://x.example","max_redirects":0}`},
		{"dial_timeout", "web https://x.example {\n dial_timeout 1s\n}", `{"base_url":"https://x.example","dial_timeout":1000000000}`},
		{"response_header_timeout", "web https://x.example {\n response_header_timeout 1m\n}", `{"base_url":"https://x.example","response_header_timeout":60000000000}`},
		{"timeout", "web https://x.example {\n timeout 1500ms\n}", `{"base_url":"https://x.example","timeout":1500000000}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var o Origin
			if err := o.UnmarshalCaddyfile(caddyfile.NewTestDispenser(tt.in)); err != nil {
				t.Fatal(err)
			}
			got, err := json.Marshal(o)
			if err != nil || string(got) != tt.want {
				t.Errorf("got %s, %v, want %s", got, err, tt.want)
			}
		})
	}
}

func TestUnmarshalCaddyfileErrors(t *testing.T) {
	tests := []struct{ in, want string }{
		{"web", "base_url is missing; it takes a URL such as https://www.example.com"},
		{"web a b", "wrong argument count"},
		{"web a {\n base_url b\n}", "base_url is already set"},
		{"web {\n base_url\n}", "wrong argument count"},
		{"web {\n base_url \"\"\n}", "wrong argument count"},
		{"web {\n forward_host yes\n}", "wrong argument count"},
		{"web {\n header X\n}", "wrong argument count"},
		{"web {\n header X 1\n header X 2\n}", "header X is already set"},
		{"web {\n tls yes\n}", "wrong argument count"},
		{"web {\n tls\n tls\n}", "tls is already set"},
		{"web {\n tls {\n ca\n}\n}", "wrong argument count"},
		{"web {\n tls {\n server_name a\n server_name b\n}\n}", "server_name is already set"},
		{"web {\n tls {\n insecure\n}\n}", `unrecognized option "insecure"; the options are ca, server_name, insecure_skip_verify`},
		{"web {\n allow_private\n}", "wrong argument count"},
		{"web {\n ignore_cache_control on\n}", "wrong argument count"},
		{"web {\n max_redirects\n}", "wrong argument count"},
		{"web {\n max_redirects 1\n max_redirects 2\n}", "max_redirects is already set"},
		{"web {\n max_redirects many\n}", `max_redirects: "many" is not a number of redirects, such as 5`},
		{"web {\n max_redirects -1\n}", `max_redirects: "-1" is not a number of redirects`},
		{"web {\n timeout 1s\n timeout 2s\n}", "timeout is already set"},
		{"web {\n timeout\n}", "wrong argument count"},
		{"web {\n dial_timeout soon\n}", `dial_timeout: "soon" is not a positive duration, such as 10s`},
		{"web {\n response_header_timeout 0s\n}", `response_header_timeout: "0s" is not a positive duration`},
		{"web {\n proxy x\n}", `unrecognized option "proxy"; the options are base_url, forward_host, header, tls, allow_private, ignore_cache_control, max_redirects, dial_timeout, response_header_timeout, timeout`},
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
	t.Setenv("ORIGIN_WITH_PASSWORD", "https://user:hunter2@example.com")
	t.Setenv("SPLIT", "a\r\nhunter2: x")
	minus := -1
	const base = "https://example.com"
	tests := []struct {
		origin Origin
		want   string
	}{
		{Origin{}, "base_url is missing; it takes a URL such as https://www.example.com"},
		{Origin{BaseURL: "example.com"}, "base_url must be a URL such as https://www.example.com, with http or https"},
		{Origin{BaseURL: "ftp://example.com"}, "base_url must be a URL"},
		{Origin{BaseURL: "https://"}, "base_url must be a URL"},
		{Origin{BaseURL: "https://user:hunter2@a b"}, "base_url must be a URL"},
		{Origin{BaseURL: "{env.ORIGIN_WITH_PASSWORD}"}, "base_url must not have a user or a password; use the header Authorization"},
		{Origin{BaseURL: "https://example.com?a=b"}, "base_url must have neither a query nor a fragment"},
		{Origin{BaseURL: "https://example.com?"}, "base_url must have neither a query nor a fragment"},
		{Origin{BaseURL: "https://example.com#a"}, "base_url must have neither a query nor a fragment"},
		{Origin{BaseURL: "{env.NOT_THERE}"}, "base_url: "},
		{Origin{BaseURL: "{nonsense}"}, "base_url: "},
		{Origin{BaseURL: "http://10.0.0.1"}, "the address in base_url is not public; allow_private must name its network"},
		{Origin{BaseURL: "http://[::1]:80"}, "the address in base_url is not public"},
		{Origin{BaseURL: base, AllowPrivate: []string{"10.0.0.0" + "/33"}}, `allow_private: "10.0.0.0/33" is not a network such as 10.0.0.0/8 or fd00::/8`},
		{Origin{BaseURL: base, AllowPrivate: []string{"{env.NOT_THERE}"}}, "allow_private: "},
		{Origin{BaseURL: base, Headers: map[string]string{"X": "{env.NOT_THERE}"}}, "header X: "},
		{Origin{BaseURL: base, Headers: map[string]string{"X": "{env.SPLIT}"}}, `header "X" is not valid in HTTP`},
		{Origin{BaseURL: base, Headers: map[string]string{"a b": "c"}}, `header "a b" is not valid in HTTP`},
		{Origin{BaseURL: base, Headers: map[string]string{"host": "c"}}, "header Host cannot be set; use forward_host"},
		{Origin{BaseURL: base, Headers: map[string]string{"range": "c"}}, "header Range cannot be set"},
		{Origin{BaseURL: base, MaxRedirects: &minus}, "max_redirects is negative"},
		{Origin{BaseURL: base, Timeout: -1}, "timeout is negative"},
		{Origin{BaseURL: base, DialTimeout: -1}, "dial_timeout is negative"},
		{Origin{BaseURL: base, ResponseHeaderTimeout: -1}, "response_header_timeout is negative"},
		{Origin{BaseURL: base, TLS: &TLS{ServerName: "{env.NOT_THERE}"}}, "server_name: "},
		{Origin{BaseURL: base, TLS: &TLS{CAFiles: []string{"{env.NOT_THERE}"}}}, "ca: "},
		{Origin{BaseURL: base, TLS: &TLS{CAFiles: []string{"not-there.pem"}}}, "ca: open not-there.pem"},
		{Origin{BaseURL: base, TLS: &TLS{CAFiles: []string{"caddyfile_test.go"}}}, "ca: caddyfile_test.go has no PEM certificate"},
	}
	for _, tt := range tests {
		err := tt.origin.Provision(caddy.Context{})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%+v: got %v, want %q", tt.origin, err, tt.want)
		}
		if err := tt.origin.Cleanup(); err != nil {
			t.Errorf("cleaning up what was not provisioned: %v", err)
		}
	}
}
