package fromimagizer

import (
	"strings"
	"testing"
)

// Whatever is read, nothing of a secret comes out, and no line that is no option's.
func FuzzConvert(f *testing.F) {
	for _, text := range []string{
		`{}`, `[]`, `{"a": {"b": [1, null]}}`, "{\n\"a\": 1", `{"backend": "http://user:hush-hush@a.example:80/b%20c"}`,
		`{"awsAuthorization": {"bucket": "b", "secret": "hush-hush", "x": "hush-hush"}, "backendTimeout": 20.5}`,
		`{"imageParamValidations": {"w": {"min": 1e3}, "h": ["a\"b", 3, true]}, "imageParamsAllowed": []}`,
		`{"addResponseHeaders": ["X-A: {b}"], "allowDynamicOrigin": true, "hostsAllowed": ["*.a.example"]}`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		converted, warnings, err := Convert([]byte(text), ":80", func(string, string) error { return nil })
		said := converted + strings.Join(warnings, "\n")
		if err != nil {
			said += err.Error()
		}
		if strings.Contains(said, "hush-hush") && !strings.Contains(strings.NewReplacer(`:hush-hush@`, "", `"secret": "hush-hush"`, "", `"x": "hush-hush"`, "").Replace(text), "hush-hush") {
			t.Errorf("%s\nshows a secret:\n%s", text, said)
		}
		depth := 0
		for line := range strings.Lines(converted) {
			line = strings.TrimSpace(line)
			switch {
			case line == "}":
				depth--
			case strings.HasSuffix(line, " {") && !strings.HasPrefix(line, "#"):
				depth++
			}
			if strings.ContainsAny(line, "\r\x00") {
				t.Errorf("%q has a control character", line)
			}
		}
		if depth != 0 {
			t.Errorf("blocks do not end:\n%s", converted)
		}
	})
}
