package images_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-images/caddy-images"
)

const separator = "\n----------\n"

// TestAdapt adapts every file of testdata/adapt: a Caddyfile, and below the
// line the handler's JSON, or the error.
func TestAdapt(t *testing.T) {
	files, err := filepath.Glob("testdata/adapt/*.caddyfiletest")
	if err != nil || len(files) == 0 {
		t.Fatalf("no adapt tests: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".caddyfiletest"), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for i, test := range strings.Split(string(content), "\n==========\n") {
				input, want, ok := strings.Cut(test, separator)
				if !ok {
					t.Fatalf("case %d has no line %q", i+1, strings.TrimSpace(separator))
				}
				if got := adaptHandler(t, input); got != strings.TrimSpace(want) {
					t.Errorf("%s\ngives\n%s\nwant\n%s", input, got, want)
				}
			}
		})
	}
}

// adaptHandler returns the JSON of the first images handler of a Caddyfile, or
// the error that adapting it gives.
func adaptHandler(t *testing.T, caddyfile string) string {
	t.Helper()
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(caddyfile), map[string]any{"filename": "Caddyfile"})
	if err != nil {
		return err.Error()
	}
	var parsed any
	if err := json.Unmarshal(config, &parsed); err != nil {
		t.Fatal(err)
	}
	handler := findHandler(parsed)
	if handler == nil {
		t.Fatalf("no images handler in %s", config)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "\t")
	e.SetEscapeHTML(false)
	if err := e.Encode(handler); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(b.String())
}

func findHandler(node any) map[string]any {
	switch n := node.(type) {
	case map[string]any:
		if n["handler"] == "images" {
			return n
		}
		for _, child := range n {
			if found := findHandler(child); found != nil {
				return found
			}
		}
	case []any:
		for _, child := range n {
			if found := findHandler(child); found != nil {
				return found
			}
		}
	}
	return nil
}
