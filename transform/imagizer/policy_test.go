package imagizer

import (
	"encoding/json"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// read takes a configuration from JSON, as Caddy does.
func read(t *testing.T, text string) Config {
	t.Helper()
	var c Config
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return c
}

func TestParamsAllowed(t *testing.T) {
	d := dialect(t, read(t, `{"image_params_allowed": ["w", "height", "layers", "webp"], "origin_query": ["v"]}`))
	for _, query := range []string{"", "width=5", "w=5&h=6", "w64=NQ", "height64=NQ&v=2", "webp=true", "quality=", "blur", "layers=" + url.QueryEscape(`[{"url":"/a?w=5&v=1"}]`)} {
		if _, _, err := d.Parse("/a", query); err != nil {
			t.Errorf("%s gives %v", query, err)
		}
	}
	for query, name := range map[string]string{
		"quality=5":         `"quality"`,
		"quality64=NQ":      `"quality"`,
		"mobile=true":       `"mobile"`,
		"mobile":            `"mobile"`,
		"utm_source=x":      `"utm_source"`,
		"utm":               `"utm"`,
		"%3Cb%3E=1":         `"\x3cb\x3e"`,
		"width=x&quality=5": `"quality"`, // before what is wrong with a value
		"quality=%zz":       `"quality"`,
		"layers=" + url.QueryEscape(`[{"url":"/a?quality=5"}]`): `"quality"`,
	} {
		checkRefusal(t, d, query, errors.Unauthorized, "The URL has the parameter "+name+", which this server does not allow (image_params_allowed); it allows width, height, layers, webp")
		if strings.Contains(query, "layers") {
			continue
		}
		none := dialect(t, read(t, `{"image_params_allowed": []}`))
		checkRefusal(t, none, query, errors.Unauthorized, "(image_params_allowed); it allows none")
		if _, _, err := none.Parse("/a", ""); err != nil {
			t.Error(err)
		}
	}
	legacy := dialect(t, read(t, `{"image_params_allowed": ["width"], "legacy_paths": true}`))
	for path, allowed := range map[string]bool{"/300x/a.jpg": true, "/300x200/a.jpg": false, "/300xq5/a.jpg": false, "/300x/c/a.jpg": false, "/300x/x2/a.jpg": false, "/v2/x/a.jpg": true} {
		if _, _, err := legacy.Parse(path, ""); (err == nil) != allowed || err != nil && !errors.Is(err, errors.Unauthorized) {
			t.Errorf("%s gives %v", path, err)
		}
	}
}

func TestValidations(t *testing.T) {
	d := dialect(t, read(t, `{"presets": {"odd": "width=77&blur=3"}, "image_param_validations": {
		"w": [100, 200, "400.50"],
		"quality": {"min": 40, "max": 95},
		"dpr": {"min": 1, "step": 0.1},
		"blur": {"step": 5},
		"pad": {"min": 3, "step": 5},
		"format": {"enum": ["webp", "auto"]},
		"mark": {"regex": "^/marks/"},
		"crop": {"regex": "it"},
		"auto_fix": ["true"]
	}}`))
	for _, query := range []string{
		"width=100", "w=100.0", "width64=MjAw", "w=400.5", "quality=40", "quality=95", "dpr=1.3", "dpr=2", "blur=0", "blur=15", "pad=3", "pad=8", "format=auto", "mark=/marks/a.png", "crop=fit",
		"auto_fix", "auto_fix=true", "width=", "preset=odd", "height=3",
	} {
		if _, _, err := d.Parse("/a", query); err != nil {
			t.Errorf("%s gives %v", query, err)
		}
	}
	for query, want := range map[string]string{
		"width=101":               `width is "101"; this server takes 100, 200, 400.50 (image_param_validations)`,
		"w=abc":                   `width is "abc"; this server takes 100, 200, 400.50`,
		"width64=MTAx":            `width is "101"; this server takes 100`,
		"quality=39":              `quality is "39"; this server takes 40 or more`,
		"quality=96":              `quality is "96"; this server takes 95 or less`,
		"quality=x":               `quality is "x"; this server takes 40 or more`,
		"dpr=1.25":                `dpr is "1.25"; this server takes 1 and then steps of 0.1`,
		"dpr=0.9":                 `dpr is "0.9"; this server takes 1 or more`,
		"pad=5":                   `pad is "5"; this server takes 3 and then steps of 5`,
		"blur=3":                  `blur is "3"; this server takes multiples of 5`,
		"format=png":              `format is "png"; this server takes webp, auto`,
		"mark=/a.png":             `mark is "/a.png"; this server takes values matching ^/marks/`,
		"crop=top":                `crop is "top"; this server takes values matching it`,
		"auto_fix=1":              `auto_fix is "1"; this server takes true`,
		"preset=odd&w=77":         `width is "77"`,
		"mark=/marks/a%3Fwidth=5": `In mark, "/marks/a?width=5": width is "5"; this server takes 100`,
	} {
		checkRefusal(t, d, query, errors.BadTransform, want)
	}
}

func TestRuleInJSON(t *testing.T) {
	one, two := 1.0, 2.5
	for text, want := range map[string]Rule{
		`[1, "a", 2.50, true]`:      {Enum: []string{"1", "a", "2.50", "true"}},
		`{"enum": [1]}`:             {Enum: []string{"1"}},
		`{"min": 1, "max": 2.5}`:    {Min: &one, Max: &two},
		`{"regex": "a", "step": 3}`: {Regex: "a", Step: 3},
	} {
		var got Rule
		if err := json.Unmarshal([]byte(text), &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %+v, %v", text, got, err)
		}
		written, err := json.Marshal(want)
		var again Rule
		if err == nil {
			err = json.Unmarshal(written, &again)
		}
		if err != nil || !reflect.DeepEqual(again, want) {
			t.Errorf("%s is written as %s, which gives %+v, %v", text, written, again, err)
		}
	}
	for _, text := range []string{`{"minimum": 1}`, `1`, `"a"`, `[[1]]`, `[{}]`, `[null]`, `{"min": "a"}`} {
		var got Rule
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is accepted: %+v", text, got)
		}
	}
}

func TestConfigErrors(t *testing.T) {
	for text, want := range map[string]string{
		`{"endpoint": "shop"}`:                                            `endpoint "shop" does not begin with a slash`,
		`{"allow_dynamic_origin": "true"}`:                                `allow_dynamic_origin is "true"; it takes off, listed or any`,
		`{"allow_dynamic_origin": "off", "hosts_allowed": ["a.example"]}`: `allow_dynamic_origin is off, which contradicts hosts_allowed and buckets_allowed`,
		`{"allow_dynamic_origin": "off", "buckets_allowed": ["abc"]}`:     `allow_dynamic_origin is off`,
		`{"hosts_allowed": ["https://a.example"]}`:                        `hosts_allowed has the host "https://a.example"; it takes hosts such as www.example.com`,
		`{"buckets_allowed": ["A"]}`:                                      `buckets_allowed has "A"; it takes names of buckets, 3 to 63 lower-case letters, digits, hyphens and dots`,
		`{"image_params_allowed": ["widht"]}`:                             `image_params_allowed has "widht", which is not a parameter; the parameters are preset origin`,
		`{"image_params_allowed": ["width64"]}`:                           `image_params_allowed has "width64", which is not a parameter`,
		`{"image_params_allowed": [""]}`:                                  `image_params_allowed has "", which is not a parameter`,
		`{"image_param_validations": {"widht": [1]}}`:                     `image_param_validations has "widht", which is not a parameter`,
		`{"image_param_validations": {"width": {}}}`:                      `image_param_validations: width: the rule is empty; it takes min, max, enum, regex or step`,
		`{"image_param_validations": {"width": []}}`:                      `image_param_validations: width: the rule is empty`,
		`{"image_param_validations": {"width": {"min": 2, "max": 1}}}`:    `image_param_validations: width: min is 2, more than max, 1`,
		`{"image_param_validations": {"width": {"step": -1}}}`:            `image_param_validations: width: step is -1; it takes a number above 0`,
		`{"image_param_validations": {"width": {"regex": "("}}}`:          `image_param_validations: width: regex: error parsing regexp`,
		`{"origin_query": ["width"]}`:                                     `origin_query has "width"; it takes names of parameters that are not Imagizer's, such as v`,
		`{"origin_query": ["w64"]}`:                                       `origin_query has "w64"`,
		`{"origin_query": [""]}`:                                          `origin_query has ""`,
		`{"origin_query": ["a=b"]}`:                                       `origin_query has "a=b"`,
		`{"presets": {"a b": "width=1"}}`:                                 `presets has the name "a b"; it takes letters, digits, underscores and hyphens`,
		`{"presets": {"a": ""}}`:                                          `presets: a is empty; it takes a query such as width=200&quality=80`,
		`{"presets": {"a": "webp=true"}}`:                                 `presets: a is empty`,
		`{"presets": {"a": "widht=1"}}`:                                   `presets: a has "widht"; it takes a query of image parameters other than preset, such as width=200&quality=80`,
		`{"presets": {"a": "preset=b"}}`:                                  `presets: a has "preset"`,
		`{"presets": {"a": "width=x"}}`:                                   `presets: a: width is "x"; it takes pixels, more than 0`,
		`{"presets": {"a": "mark=/a%3Fwidth=x"}}`:                         `presets: a: In mark, "/a?width=x": width is "x"`,
		`{"presets": {"a": "origin=a,b"}}`:                                `presets: a: origin is "https://a,b/a"`,
		`{"presets": {"a": "crop=face"}}`:                                 `presets: a: crop=face is not supported yet`,
	} {
		if d, err := New(read(t, text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives %+v, %v\nwant  %s", text, d, err, want)
		}
	}
}

func TestPresets(t *testing.T) {
	d := dialect(t, read(t, `{"image_params_allowed": ["preset", "quality"], "image_param_validations": {"width": [1]}, "presets": {
		"thumb": "width=200&height=200&crop=fit&quality=60",
		"Thumb": "mark=/a%3Fwidth=7",
		"deep": "layers=[{\"url\":\"/a?mark=/b%253Fwidth=7\"}]"
	}}`))
	for query, want := range map[string]string{
		"preset=thumb":            "width=200&height=200&crop=fit&quality=60",
		"preset64=dGh1bWI":        "width=200&height=200&crop=fit&quality=60",
		"preset=thumb&quality=90": "width=200&height=200&crop=fit&quality=90",
		"quality=90&preset=thumb": "width=200&height=200&crop=fit&quality=90",
		"preset=Thumb":            "mark=/a%3Fwidth=7",
		"preset=deep":             `layers=[{"url":"/a?mark=/b%253Fwidth=7"}]`,
		"preset=thumb&preset=":    "width=200&height=200&crop=fit&quality=60",
	} {
		got, _, err := d.Parse("/a", query)
		plain, _ := planOf(t, want)
		if err != nil || !reflect.DeepEqual(got.Plan, plain) {
			t.Errorf("%s\ngives %+v, %v\nwant  %+v", query, got.Plan, err, plain)
		}
	}
	checkRefusal(t, d, "preset=thumb&width=5", errors.Unauthorized, `"width"`)
	checkRefusal(t, d, "preset=THUMB", errors.BadTransform, `preset is "THUMB"`)
	// The preset stays as it is.
	if again, _, err := d.Parse("/a", "preset=thumb"); err != nil || again.Plan.Output.Quality != 60 {
		t.Errorf("%+v, %v", again, err)
	}
}
