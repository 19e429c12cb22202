//go:build cgo

package images_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	"github.com/spf13/cobra"

	images "github.com/caddy-images/caddy-images"
	"github.com/caddy-images/caddy-images/internal/fromimagizer"
)

// caddyImages runs `caddy images` with arguments.
func caddyImages(stdin string, args ...string) (stdout, stderr string, err error) {
	cmd := &cobra.Command{Use: "images", SilenceUsage: true, SilenceErrors: true}
	caddycmd.Commands()["images"].CobraFunc(cmd)
	var out, said bytes.Buffer
	cmd.SetIn(strings.NewReader(stdin))
	cmd.SetOut(&out)
	cmd.SetErr(&said)
	cmd.SetArgs(args)
	err = cmd.Execute()
	return out.String(), said.String(), err
}

// TestImportImagizer converts every JSON of testdata/import-imagizer, below which
// is the Caddyfile. It is formatted, adapts without a warning, and can be loaded;
// no secret is in it.
func TestImportImagizer(t *testing.T) {
	files, err := filepath.Glob("testdata/import-imagizer/*.test")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test"), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, test := range strings.Split(string(content), "\n==========\n") {
				config, want, ok := strings.Cut(test, separator)
				if !ok {
					t.Fatalf("case %d has no line %q", i+1, strings.TrimSpace(separator))
				}
				got, said, err := caddyImages(config, "import-imagizer", "-")
				if err != nil {
					t.Errorf("%s\ngives %v", config, err)
					continue
				}
				if strings.TrimSpace(got) != strings.TrimSpace(want) {
					t.Errorf("%s\ngives\n%s\nwant\n%s", config, got, want)
				}
				if strings.Contains(got+said, "hush-hush") {
					t.Errorf("%s\nshows a secret: %s\n%s", config, got, said)
				}
				if strings.Contains(said, "cannot be loaded") {
					t.Error(said)
				}
				if formatted := string(caddyfile.Format([]byte(got))); formatted != got {
					t.Errorf("not as caddy fmt has it:\n%s\nbut\n%s", got, formatted)
				}
				if _, warnings, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(got), map[string]any{"filename": "Caddyfile"}); err != nil || len(warnings) > 0 {
					t.Errorf("%s\ngives %v %v", got, err, warnings)
				}
			}
		})
	}
}

// Warnings are printed in addition to the Caddyfile.
func TestImportImagizerWarns(t *testing.T) {
	for config, want := range map[string][]string{
		`{"backend": "https://a.example", "allowDynamicOrigin": false}`:                           nil,
		`{"backend": "https://a.example"}`:                                                        {"allowDynamicOrigin is not set"},
		`{"allowDynamicOrigin": true}`:                                                            {"clients can make this server", "neither backend nor awsAuthorization"},
		`{"backend": "https://a.example", "allowDynamicOrigin": false, "cluster": {}, "what": 1}`: {"what is left out: it is not a known key."},
	} {
		_, said, err := caddyImages(config, "import-imagizer", "-")
		if err != nil {
			t.Errorf("%s: %v", config, err)
		}
		lines := slices.Collect(strings.Lines(said))
		if len(lines) != len(want) {
			t.Errorf("%s warns\n%s", config, said)
			continue
		}
		for i := range want {
			if !strings.HasPrefix(lines[i], "warning: ") || !strings.Contains(lines[i], want[i]) {
				t.Errorf("%s warns %q, want %q", config, lines[i], want[i])
			}
		}
	}
}

func TestImportImagizerErrors(t *testing.T) {
	const list = `it takes an array of texts, such as ["a", "b"]`
	for config, want := range map[string]string{
		"":                                           "the JSON is truncated",
		`{"a": 1`:                                    "the JSON is truncated",
		`[]`:                                         "it is not a JSON object, {…}",
		"{\n\"a\": 1,\n\"b\" 2}":                     "line 3 is not valid JSON: ",
		`{"a": 1} {}`:                                "something follows the JSON object",
		`{"backend": 1}`:                             "backend has the wrong type; it takes a URL",
		`{"what": 1, "what": 2}`:                     "what is given twice",
		`{"allowDataUrls": "yes"}`:                   `allowDataUrls is "yes"; it takes true or false`,
		`{"allowDynamicOrigin": null}`:               "allowDynamicOrigin is null; it takes true or false",
		`{"allowAnimatedGifs": 1}`:                   "allowAnimatedGifs is 1; it takes true or false",
		`{"backendTimeout": "20"}`:                   `backendTimeout is "20"; it takes a number of seconds above 0 and up to 3600`,
		`{"backendTimeout": 0}`:                      "backendTimeout is 0; it takes",
		`{"backendTimeout": 3601}`:                   "backendTimeout is 3601; it takes",
		`{"backendConnectTimeout": -1}`:              "backendConnectTimeout is -1; it takes",
		`{"backendConnectTimeout": 1e300}`:           "backendConnectTimeout is 1e300; it takes",
		`{"hostsAllowed": "a.example"}`:              `hostsAllowed is "a.example"; ` + list,
		`{"bucketsAllowed": ["a", 5]}`:               `bucketsAllowed is ["a",5]; ` + list,
		`{"imageParamsAllowed": [null]}`:             "imageParamsAllowed is [null]; " + list,
		`{"hostsAllowed": ["a\nb"]}`:                 `hostsAllowed has "a\nb", which has a control character`,
		`{"addResponseHeaders": ["X-A"]}`:            `addResponseHeaders has "X-A"; it takes headers such as "Access-Control-Allow-Origin: *"`,
		`{"customHeaders": ["X-A: {$A}"]}`:           "which has {$, which begins an environment variable",
		`{"customHeaders": ["X-A: a\\\\\\"]}`:        "which ends in a backslash, which hides",
		`{"backend": "ftp://hush-hush.example"}`:     "backend has the wrong type; it takes a URL such as https://www.example.com, without a query",
		`{"backend": "http://a.example/?hush-hush"}`: "without a query",
		`{"awsAuthorization": "hush-hush"}`:          "awsAuthorization has the wrong type; it takes an object with a bucket",
		`{"awsAuthorization": {"key": "hush-hush"}}`: "awsAuthorization has no bucket; it takes the name of one",
		`{"awsAuthorization": {"bucket": "a/b"}}`:    `awsAuthorization.bucket is "a/b"; it takes a name of letters`,
		`{"awsAuthorization": {"bucket": "b", "secret": ["hush-hush"]}}`: "texts for key and secret",
		`{"accessControl": "hush-hush"}`:                                 "accessControl has the wrong type; it takes an object, {…}",
		`{"cluster": true}`:                                              "cluster is true; it takes an object, {…}",
		`{"imageParamValidations": ["width"]}`:                           `imageParamValidations is ["width"]; it takes an object with a rule for each parameter`,
		`{"imageParamValidations": {"width": {"least": 1}}}`:             `imageParamValidations has {"least":1} for width; it takes an array of values, or an object with min, max, step, enum or regex`,
		`{"imageParamValidations": {"width": null}}`:                     "imageParamValidations has null for width; it takes",
		`{"imageParamValidations": {"width": {"min": 2, "max": 1}}}`:     "imageParamValidations: width: min is 2, more than max, 1",
		`{"imageParamValidations": {"mark": {"regex": "("}}}`:            "imageParamValidations: mark: regex: ",
		`{"imageParamValidations": {"mark": {"regex": "a{$"}}}`:          `imageParamValidations has "a{$" for mark, which has {$`,
		`{"imageParamValidations": {"crop": ["}"]}}`:                     "which begins or ends a block there",
		`{"a": "` + strings.Repeat("x", fromimagizer.MaxSize) + `"}`:     "more than 1048576",
	} {
		out, _, err := caddyImages(config, "import-imagizer", "-")
		if err == nil || !strings.Contains(err.Error(), want) || !strings.HasPrefix(err.Error(), "standard input: ") {
			t.Errorf("%.80s: %v, want %s", config, err, want)
		}
		if out != "" || err != nil && strings.Contains(err.Error(), "hush-hush") {
			t.Errorf("%.80s: %v, and prints %q", config, err, out)
		}
	}
	if _, _, err := caddyImages("", "import"); err == nil || !strings.Contains(err.Error(), `unknown command "import" for "images"`) {
		t.Errorf("a command that is none: %v", err)
	}
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, []byte(`{"cluster": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{file}, file + ": cluster is 1"},
		{[]string{file + ".no"}, "no such file"},
		{[]string{}, "accepts 1 arg"},
		{[]string{"--address", "a b", file}, `--address is "a b"; it takes the address of a site, such as img.example.com or :8080`},
		{[]string{"--address", "", file}, `--address is ""`},
		{[]string{"--address", "a {\n", file}, "--address is"},
	} {
		if _, _, err := caddyImages("", append([]string{"import-imagizer"}, tt.args...)...); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.args, err, tt.want)
		}
	}
}

func TestImportImagizerForAnAddress(t *testing.T) {
	file := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(file, []byte(`{"backend": "https://a.example"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _, err := caddyImages("", "import-imagizer", "--address", "http://:8080", file)
	if err != nil || !strings.Contains(out, "\nhttp://:8080 {\n") {
		t.Errorf("%v\n%s", err, out)
	}
}

// Whatever texts a configuration has, what comes of it can be loaded and says the
// same.
func FuzzImportImagizer(f *testing.F) {
	f.Add("*", "fit", "^a{2}$", "cdn.example.com", "photos", "width", 20.0)
	f.Add("`\"\\", "import x", `\\`, "<<EOF", "# {", "a\nb", 0.001)
	f.Add("{http.request.host}", "{", "`\"", "*.a.b", "}", "{$HOME}", 3600.0)
	f.Add("a\\{b}", "\u0085", "\\`\"", "", "ab.c", "W", 1e-9)
	f.Fuzz(func(t *testing.T, header, enum, regex, host, bucket, parameter string, seconds float64) {
		if !utf8.ValidString(header + enum + regex + host + bucket + parameter) {
			return // no JSON has such a text
		}
		config, err := json.Marshal(map[string]any{
			"addResponseHeaders":    []string{"X-A: " + header},
			"imageParamValidations": map[string]any{"crop": []string{enum}, "mark": map[string]any{"regex": regex}, parameter: map[string]any{"max": seconds}},
			"hostsAllowed":          []string{host},
			"bucketsAllowed":        []string{bucket},
			"imageParamsAllowed":    []string{parameter},
			"awsAuthorization":      map[string]any{"bucket": "photos"},
			"backendTimeout":        seconds,
			parameter + "?":         "hush-hush",
		})
		if err != nil {
			return // no JSON has such a number
		}
		converted, _, err := fromimagizer.Convert(config, ":80", images.CheckOption)
		if err != nil {
			return
		}
		formatted := caddyfile.Format([]byte(converted))
		if err := images.Loadable(formatted); err != nil {
			t.Fatalf("%s: %v\n%s", config, err, formatted)
		}
		h := new(images.Handler)
		if err := json.Unmarshal([]byte(adaptHandler(t, string(formatted))), h); err != nil {
			t.Fatal(err)
		}
		rules := h.Dialect.Imagizer.ImageParamValidations
		if got := rules["crop"].Enum; !slices.Equal(got, []string{enum}) {
			t.Errorf("enum %q, want %q", got, enum)
		}
		if got := rules["mark"].Regex; got != regex {
			t.Errorf("regex %q, want %q", got, regex)
		}
		if got := h.AddResponseHeaders; len(got) > 0 && caddy.NewReplacer().ReplaceAll(got[0], "?") != "X-A: "+strings.TrimSpace(header) {
			t.Errorf("header %q, want %q", got, header)
		}
		for _, got := range append(slices.Clone(h.Dialect.Imagizer.HostsAllowed), h.Dialect.Imagizer.BucketsAllowed...) {
			if got != host && got != bucket {
				t.Errorf("URLs may name %q, and neither %q nor %q", got, host, bucket)
			}
		}
		if strings.Contains(string(formatted), "hush-hush") {
			t.Errorf("a value that nobody knows is in\n%s", formatted)
		}
	})
}
