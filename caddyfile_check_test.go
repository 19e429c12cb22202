package images_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// What is wrong with a configuration is said with the line, also where it shows only
// when all of it was read. `!` marks the line.
func TestErrorsHaveLines(t *testing.T) {
	for _, tt := range []struct{ options, want string }{
		{"workers 1\n!max_source_size 2GiB", "max_source_size is 2147483648; it takes 1 to 1073741824"},
		{"!max_dimension 65536\nworkers 2", "max_dimension is 65536; it takes 1 to 65535"},
		{"!render_timeout 2h", "render_timeout is 2h0m0s; it takes 1ns to 1h0m0s"},
		{"!max_cost 2h", "max_cost is 2h0m0s; it takes at most 1h0m0s"},
		{"queue_size 5\n!memory 1MiB", "memory is 1048576; it takes 33554432"},
		{"!fonts fonts", `fonts is "fonts"; it takes the absolute path`},
		{"isolation off\n!fonts /usr", "fonts needs worker processes, and isolation is off"},
		{"fonts /usr\n!isolation off", "fonts needs worker processes, and isolation is off"},
		{"!formats jxl", `formats has "jxl"; it takes avif and webp`},
		{"!formats webp webp", `formats has "webp" twice`},
		{"!cache_control \"public; max-age=1\"", "cache_control is "},
		{"!canonical www.example.com", "canonical is "},
		{"!default_image /a/../b.jpg", "default_image is "},
		{"!go_on never", `go_on: "never" is not a failure of an origin`},
		{"!add_response_headers \"X A: b\"", `add_response_headers has "X A: b"`},
		{"add_response_headers \"A: b\"\n!add_response_headers \"Ik-Warning: x\"", "add_response_headers has Ik-Warning, which cannot be added"},
		{"!add_response_headers \"Ik-Error: {env.X}\"", "add_response_headers has Ik-Error"},
		{"dialect imagizer\n!origin_failures 502", "origin_failures is for ImageKit's dialect"},
		{"origin_failures 404\n!dialect imagizer", "origin_failures is for ImageKit's dialect"},

		{"dialect imagekit {\n!endpoint shop\n}", `endpoint "shop" does not begin with a slash`},
		{"dialect imagekit {\nendpoint /a\n!named thumb w-abc\nnamed b w-1\n}", `named thumb: w is "abc"`},
		{"dialect imagekit {\nnamed b w-1\n!named a-b w-1\n}", `named "a-b": a name consists of`},
		{"dialect imagekit {\n!named cut e-bgremove\nendpoint /a\n}", "named cut: e-bgremove is not supported"},
		{"dialect imagekit {\n!require_signature on\n}", "require_signature on needs a private_key"},
		{"dialect imagekit {\n!private_key \"\"\n}", "private_key is empty"},
		{"dialect imagekit {\n!restrict_unnamed\n}", "restrict_unnamed needs named transformations"},
		{"dialect imagekit {\n!image_params_allowed width\n}", `image_params_allowed has "width"`},
		{"dialect imagekit {\n!web_proxy\n}", "web_proxy needs hosts"},
		{"dialect imagekit {\n!web_proxy a/b\n}", `web_proxy has the host "a/b"`},
		{"dialect imagekit {\nweb_proxy a.example\nprivate_key k\n!require_signature remote\n}", "web_proxy names hosts that need no signature"},

		{"dialect imagizer {\n!endpoint img\n}", `endpoint "img" does not begin with a slash`},
		{"dialect imagizer {\n!preset a width=b\n}", "presets: a: width is"},
		{"dialect imagizer {\nupscale\n!image_params_allowed with\n}", `image_params_allowed has "with"`},
		{"dialect imagizer {\n!image_param_validations {\nwidth min 5 max 1\n}\n}", "image_param_validations: width: "},
		{"dialect imagizer {\n!origin_query width\n}", `origin_query has "width"`},
		{"dialect imagizer {\n!hosts_allowed a/b\n}", "hosts_allowed"},
		{"!dialect imagizer {\npost {\nmax_size 1MB\n}\n}", "post has no token"},
		{"!dialect imagizer {\npost {\nopen\ntoken a\n}\n}", "post has both open and token"},
		{"dialect imagizer {\npost {\nopen\nmax_size 20MB\n}\n}\n!max_source_size 10MB", "post max_size is 20000000; it takes 1 to max_source_size, 10000000"},
		{"!dialect imagizer {\nbuckets_allowed photos\n}", "buckets_allowed needs an origin s3"},

		{"!origin dynamic", "origin dynamic fetches URLs that clients name"},
		{"workers 1\n!origin web", "base_url is missing"},
		{"!origin web ftp://x.example", "base_url must be a URL"},
		{"!origin web http://10.0.0.1", "the address in base_url is not public"},
		{"origin web {\ntimeout 5s\n!base_url http://10.0.0.1\n}", "the address in base_url is not public"},
		{"origin web https://x.example {\n!allow_private nonsense\n}", "allow_private: "},
		{"origin web https://x.example {\nforward_host\n!header Host a\n}", "header Host cannot be set"},
		{"origin web https://x.example {\nheader A b\n!header Range a\n}", "header Range cannot be set"},
		{"!origin s3", "bucket is missing"},
		{"origin s3 photos {\n!access_key a\n}", "access_key and secret_key need each other"},
		{"origin s3 photos {\naccess_key a\nsecret_key b\n!anonymous\n}", "anonymous and access_key exclude each other"},
		{"origin s3 photos {\nregion eu-central-1\n!endpoint nonsense\n}", "endpoint"},
		{"dialect imagekit {\nweb_proxy a.example\n}\norigin dynamic {\n!allow_private nonsense\n}", "allow_private: "},
		{"origin fs {\nfile_system x\n!root ../a\n}", `root: "../a" leads out of the file system`},
	} {
		t.Run(tt.options, func(t *testing.T) {
			lines := strings.Split(tt.options, "\n")
			line := 0
			for i, text := range lines {
				if strings.HasPrefix(text, "!") {
					line = i + 3
				}
			}
			got := adaptHandler(t, ":80 {\nimages {\n"+strings.ReplaceAll(tt.options, "!", "")+"\n}\n}\n")
			if !strings.Contains(got, tt.want) || !regexp.MustCompile(fmt.Sprintf(`, at Caddyfile:%d$`, line)).MatchString(got) {
				t.Errorf("%s\nwant %s, at Caddyfile:%d", got, tt.want, line)
			}
		})
	}
}

// What is not known before the configuration is loaded, or is right together
// with what follows, is not an error of the Caddyfile.
func TestWhatIsNotKnownIsNoError(t *testing.T) {
	for _, options := range []string{
		"fonts /no/such/folder",
		"canonical {env.NOT_SET}",
		"add_response_headers \"A: {env.NOT_SET}\"",
		"dialect imagekit {\nendpoint {env.NOT_SET}\nprivate_key {env.NOT_SET}\nrequire_signature on\nnamed a {env.NOT_SET}\nrestrict_unnamed\n}",
		"dialect imagekit {\nrequire_signature on\nprivate_key k\n}",
		"dialect imagekit {\nnamed cut e-bgremove\nunsupported ignore\n}",
		"dialect imagizer {\nendpoint {env.NOT_SET}\nhosts_allowed {env.NOT_SET}\nbuckets_allowed {env.NOT_SET}\npreset a {env.NOT_SET}\npost {\ntoken {env.NOT_SET}\n}\n}\norigin s3 photos",
		"dialect imagizer {\nbuckets_allowed photos\n}\norigin s3 photos",
		"dialect imagizer {\npost {\nopen\nmax_size 50MB\n}\n}\nmax_source_size 100MB",
		"origin web {env.NOT_SET} {\nheader Authorization {env.NOT_SET}\n}",
		"origin web {\nbase_url http://10.0.0.1\nallow_private 10.0.0.0/8\n}",
		"origin web http://10.0.0.1 {\nallow_private {env.NOT_SET}\n}",
		"origin web https://x.example {\ntls {\nca /no/such/file\nserver_name {env.NOT_SET}\n}\n}",
		"origin s3 {env.NOT_SET} {\nendpoint {env.NOT_SET}\naccess_key {env.NOT_SET}\nsecret_key {env.NOT_SET}\n}",
		"origin fs {\nroot {env.NOT_SET}\nfile_system {env.NOT_SET}\n}",
		"origin dynamic\ndialect imagekit {\nweb_proxy a.example\n}",
	} {
		if got := adaptHandler(t, ":80 {\nimages {\n"+options+"\n}\n}\n"); !strings.HasPrefix(got, "{") {
			t.Errorf("%s\ngives %s", options, got)
		}
	}
}
