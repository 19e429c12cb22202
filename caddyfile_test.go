package images_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	_ "github.com/caddyserver/caddy/v2/modules/standard"

	_ "github.com/caddy-images/caddy-images"
)

// update has tests write what they find into testdata, for people to review.
var update = flag.Bool("update", false, "write the expectations in testdata anew")

// adaptCase is a file of testdata/adapt: a Caddyfile, a line, and the JSON of its handler
// or the error. The file of an option alone has its name, with those of the blocks around
// it before; what is wrong with one follows its name.
type adaptCase struct{ path, caddyfile, want string }

const separator = "\n----------\n"

func readAdaptCase(t *testing.T, name string) adaptCase {
	t.Helper()
	path := filepath.Join("testdata/adapt", name+".caddyfiletest")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	caddyfile, want, ok := strings.Cut(string(content), separator)
	if !ok {
		t.Fatalf("%s has no line %q", path, strings.TrimSpace(separator))
	}
	return adaptCase{path, caddyfile + "\n", strings.TrimSpace(want)}
}

func adaptCases(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("testdata/adapt/*.caddyfiletest")
	if err != nil || len(files) == 0 {
		t.Fatalf("no adapt tests: %v", err)
	}
	for _, file := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(file), ".caddyfiletest"))
	}
	return names
}

func TestAdapt(t *testing.T) {
	for _, name := range adaptCases(t) {
		t.Run(name, func(t *testing.T) {
			c := readAdaptCase(t, name)
			if formatted := caddyfile.Format([]byte(c.caddyfile)); string(formatted) != c.caddyfile {
				t.Errorf("caddy fmt makes of it\n%s", formatted)
			}
			got := adaptHandler(t, c.caddyfile)
			if *update {
				if err := os.WriteFile(c.path, []byte(strings.TrimSuffix(c.caddyfile, "\n")+separator+got+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != c.want {
				t.Errorf("%s\ngives\n%s\nwant\n%s", c.caddyfile, got, c.want)
			}
		})
	}
}

// adaptHandler returns the JSON of the first images handler of a Caddyfile, or
// the error that adapting it gives.
func adaptHandler(t *testing.T, text string) string {
	t.Helper()
	config, _, err := caddyconfig.GetAdapter("caddyfile").Adapt([]byte(text), map[string]any{"filename": "Caddyfile"})
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
