package images_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2"

	images "github.com/caddy-images/caddy-images"
)

// Every option that JSON can get wrong is refused when the configuration is
// loaded, by name.
func TestProvisionRefuses(t *testing.T) {
	tests := []struct{ config, want string }{
		{`{"max_source_size": -1}`, "max_source_size is -1; it takes 1 to 1073741824"},
		{`{"origin_failures": 500}`, "origin_failures is 500; it takes 404 or 502"},
		{`{"origin_failures": 502, "dialect": {"imagizer": {}}}`, "origin_failures is for ImageKit's dialect"},
		{`{"max_pdf_size": 1073741825}`, "max_pdf_size is 1073741825; it takes 1 to 1073741824"},
		{`{"max_file_size": -1}`, "max_file_size is -1; it takes 1 to 1125899906842624"},
		{`{"max_svg_size": -1}`, "max_svg_size is -1; it takes 1 to 1073741824"},
		{`{"max_pixels": -1}`, "max_pixels is -1; it takes 1 to 10000000000"},
		{`{"max_frames": -1}`, "max_frames is -1; it takes 1 to 100000"},
		{`{"max_dimension": 65536}`, "max_dimension is 65536; it takes 1 to 65535"},
		{`{"isolation": "none"}`, `isolation is "none"; it takes off, processes and strict`},
		{`{"fonts": "fonts"}`, `fonts is "fonts"; it takes the absolute path of a directory with fonts`},
		{`{"fonts": "//."}`, `fonts is "//."; it takes the absolute path`},
		{`{"fonts": "/no/such/folder"}`, `fonts is "/no/such/folder", which is not a readable directory`},
		{`{"fonts": "/etc/passwd"}`, `fonts is "/etc/passwd", which is not a readable directory`},
		{`{"fonts": "/usr", "isolation": "off"}`, "fonts needs worker processes, and isolation is off"},
		{`{"workers": -1}`, "workers is -1; it takes 1 to 1024"},
		{`{"memory": -1}`, "memory is -1; it takes 33554432 (32 MiB) to 1125899906842624"},
		{`{"memory": 1000000}`, "memory is 1000000; it takes 33554432"},
		{`{"queue_size": -1}`, "queue_size is -1; it takes 1 to 1000000"},
		{`{"fetch_timeout": -1}`, "fetch_timeout is -1ns; it takes 1ns to 1h0m0s"},
		{`{"render_timeout": "2h"}`, "render_timeout is 2h0m0s; it takes 1ns to 1h0m0s"},
		{`{"metadata": "all"}`, `metadata is "all"; it takes strip, copyright and keep`},
		{`{"color_profile": "copyright"}`, `color_profile is "copyright"; it takes strip and keep`},
		{`{"max_cost": "2h"}`, "max_cost is 2h0m0s; it takes at most 1h0m0s"},
		{`{"queue_timeout": -1}`, "queue_timeout is -1ns; it takes 1ns to 1h0m0s"},
		{`{"backend_timeout": -1}`, "backend_timeout is -1ns; it takes 1ns to 1h0m0s"},
		{`{"backend_connect_timeout": "2h"}`, "backend_connect_timeout is 2h0m0s; it takes 1ns to 1h0m0s"},
		{`{"add_response_headers": ["X-A"]}`, `add_response_headers has "X-A"; it takes a name and a value, such as "Access-Control-Allow-Origin: *"`},
		{`{"add_response_headers": ["X A: b"]}`, `add_response_headers has "X A: b"; it takes`},
		{`{"add_response_headers": [": b"]}`, `add_response_headers has ": b"; it takes`},
		{`{"add_response_headers": ["content-length: 1"]}`, "add_response_headers has Content-Length, which cannot be added: it follows from the answer"},
		{`{"add_response_headers": ["Content-Type: text/html"]}`, "add_response_headers has Content-Type, which cannot be added"},
		{`{"add_response_headers": ["IK-ERROR: x"]}`, "add_response_headers has Ik-Error, which cannot be added"},
		{`{"add_response_headers": ["Connection: close"]}`, "add_response_headers has Connection, which cannot be added: it is the connection's"},
		{`{"add_response_headers": ["transfer-encoding: chunked"]}`, "add_response_headers has Transfer-Encoding, which cannot be added"},
		{`{"add_response_headers": ["Cache-Control: public"]}`, "add_response_headers has Cache-Control, which cannot be added: use cache_control"},
		{`{"add_response_headers": ["X-A:  "]}`, "add_response_headers has X-A with a value that is empty"},
		{`{"add_response_headers": ["X-A: b\r\nX-B: c"]}`, "add_response_headers has X-A with a value that is empty or not valid in HTTP"},
		{`{"add_response_headers": ["X-A: {env.CADDY_IMAGES_NOT_SET}"]}`, "add_response_headers X-A: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"quality": {"jpeg": 101}}`, "quality of jpeg is 101; it takes 1 to 100"},
		{`{"quality": {"webp": -1}}`, "quality of webp is -1; it takes 1 to 100"},
		{`{"quality": {"avif": 101}}`, "quality of avif is 101; it takes 1 to 100"},
		{`{"formats": ["jxl"]}`, `formats has "jxl"; it takes avif and webp`},
		{`{"formats": ["png"]}`, `formats has "png"; it takes avif and webp`},
		{`{"formats": ["webp", "webp"]}`, `formats has "webp" twice`},
		{`{"damaged": "show"}`, `damaged is "show"; it takes refuse and deliver`},
		{`{"cache_control": "public; max-age=1"}`, "cache_control is \"public; max-age=1\"; it takes `origin` or a value such as \"public, max-age=3600\""},
		{`{"cache_control": "public,,x"}`, "cache_control is \"public,,x\"; it takes `origin` or a value such as \"public, max-age=3600\""},
		{`{"canonical": "www.example.com"}`, `canonical is "www.example.com"; it takes a URL without a query, such as https://www.example.com`},
		{`{"canonical": "https://x.example/?a"}`, `canonical is "https://x.example/?a"; it takes`},
		{`{"canonical": "https://u@x.example"}`, `canonical is "https://u@x.example"; it takes`},
		{`{"canonical": "ftp://x.example"}`, `canonical is "ftp://x.example"; it takes`},
		{`{"canonical": "https://{env.CADDY_IMAGES_NOT_SET}"}`, "evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"default_image": "/a/../b.jpg"}`, `default_image is "/a/../b.jpg"; it takes the path of a file, such as /default.jpg`},
		{`{"device_size": {"mobile": {"width": 10}}}`, "device_size of mobile is 10x0; it takes 1x1 to 65535x65535"},
		{`{"device_size": {"desktop": {"width": 65536, "height": 1}}}`, "device_size of desktop is 65536x1; it takes 1x1 to 65535x65535"},
		{`{"go_on": ["never"]}`, `go_on: "never" is not a failure of an origin`},
		{`{"dialect": {"imagekit": {"endpoint": "shop"}}}`, `endpoint "shop" does not begin with a slash`},
		{`{"dialect": {"imagekit": {"endpoint": "/{env.CADDY_IMAGES_NOT_SET}"}}}`, "evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagekit": {"require_signature": "maybe"}}}`, `require_signature is "maybe"; it takes off, remote or on`},
		{`{"dialect": {"imagekit": {"require_signature": "on"}}}`, "require_signature on needs a private_key"},
		{`{"dialect": {"imagekit": {"private_keys": [""]}}}`, "private_key is empty"},
		{`{"dialect": {"imagekit": {"private_keys": ["{env.CADDY_IMAGES_NOT_SET}"]}}}`, "private_key: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagekit": {"named": {"thumb": {"transformation": "w-{env.CADDY_IMAGES_NOT_SET}"}}}}}`, "named thumb: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagekit": {"named": {"thumb": {"transformation": "w-abc"}}}}}`, `named thumb: w is "abc"`},
		{`{"dialect": {"imagekit": {"restrict_unnamed": true}}}`, "restrict_unnamed needs named transformations"},
		{`{"dialect": {"imagekit": {"image_params_allowed": ["width"]}}}`, `image_params_allowed has "width", which is not a parameter`},
		{`{"dialect": {"imagekit": {"web_proxy": {}}}}`, "web_proxy needs hosts, or a private_key to sign URLs with"},
		{`{"dialect": {"imagekit": {"web_proxy": {"hosts": ["a/b"]}}}}`, `web_proxy has the host "a/b"`},
		{`{"origins": [{"type": "dynamic"}]}`, "origin dynamic fetches URLs that clients name"},
		{`{"dialect": {"imagekit": {}, "imagizer": {}}}`, "dialect has both imagekit and imagizer; it takes one of them"},
		{`{"dialect": {"imagizer": {"endpoint": "img"}}}`, `endpoint "img" does not begin with a slash`},
		{`{"dialect": {"imagizer": {"endpoint": "/{env.CADDY_IMAGES_NOT_SET}"}}}`, "endpoint: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagizer": {"hosts_allowed": ["{env.CADDY_IMAGES_NOT_SET}"]}}}`, "hosts_allowed: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagizer": {"buckets_allowed": ["{env.CADDY_IMAGES_NOT_SET}"]}}}`, "buckets_allowed: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagizer": {"presets": {"a": "width={env.CADDY_IMAGES_NOT_SET}"}}}}`, "preset a: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagizer": {"image_params_allowed": ["with"]}}}`, `image_params_allowed has "with", which is not a parameter`},
		{`{"dialect": {"imagizer": {"image_param_validations": {"width": {}}}}}`, "image_param_validations: width: the rule is empty"},
		{`{"dialect": {"imagizer": {"allow_dynamic_origin": "yes"}}}`, `allow_dynamic_origin is "yes"; it takes off, listed or any`},
		{`{"dialect": {"imagizer": {}}, "origins": [{"type": "dynamic"}]}`, "origin dynamic fetches URLs that clients name"},
		{`{"dialect": {"imagizer": {"buckets_allowed": ["photos"]}}, "origins": [{"type": "fs", "root": "/"}]}`, "buckets_allowed needs an origin s3"},
		{`{"dialect": {"imagizer": {"post": {}}}}`, "post has no token; it takes token, or open to let everyone post"},
		{`{"dialect": {"imagizer": {"post": {"tokens": []}}}}`, "post has no token"},
		{`{"dialect": {"imagizer": {"post": {"open": true, "tokens": ["a"]}}}}`, "post has both open and token"},
		{`{"dialect": {"imagizer": {"post": {"tokens": [""]}}}}`, "post has a token that is empty"},
		{`{"dialect": {"imagizer": {"post": {"tokens": ["a", "b c"]}}}}`, "post has a token that is empty or has characters other than printable ASCII"},
		{`{"dialect": {"imagizer": {"post": {"tokens": ["{env.CADDY_IMAGES_NOT_SET}"]}}}}`, "post token: evaluated placeholder {env.CADDY_IMAGES_NOT_SET} is empty"},
		{`{"dialect": {"imagizer": {"post": {"open": true, "max_size": -1}}}}`, "post max_size is -1; it takes 1 to max_source_size, 41943040"},
		{`{"max_source_size": 1000, "dialect": {"imagizer": {"post": {"open": true, "max_size": 1001}}}}`, "post max_size is 1001; it takes 1 to max_source_size, 1000"},
		{`{"origins": [{"type": "gopher"}]}`, "unknown module: http.images.origins.gopher"},
		{`{"origins": [{"type": "web"}]}`, "base_url"},
		{`{"origins": [{"type": "s3"}]}`, "bucket"},
	}
	for _, tt := range tests {
		t.Run(tt.config, func(t *testing.T) {
			var h images.Handler
			if err := json.Unmarshal([]byte(tt.config), &h); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := caddy.NewContext(caddy.Context{Context: t.Context()})
			defer cancel()
			err := h.Provision(ctx)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want %s", err, tt.want)
			}
		})
	}
}
