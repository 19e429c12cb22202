package integration_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/long"
)

// xcaddy makes a module with a main package that imports Caddy and the plugin, and builds it: so does this, with the
// working tree as the plugin.
func TestBuildsAsAPlugin(t *testing.T) {
	long.Only(t) // builds a whole Caddy
	dir, tree := t.TempDir(), root(t)
	goCommand := func(args ...string) *exec.Cmd {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off", "CGO_ENABLED=1")
		return cmd
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	list := exec.Command("go", "list", "-m", "-f", "{{.Version}}", "github.com/caddyserver/caddy/v2")
	list.Dir = tree
	caddy := strings.TrimSpace(run(t, list))
	write("go.mod", fmt.Sprintf(`module caddy

go 1.26.0

require (
	github.com/caddyserver/caddy/v2 %s
	github.com/caddy-images/caddy-images v0.0.0
)

replace github.com/caddy-images/caddy-images => %s
`, caddy, tree))
	sums, err := os.ReadFile(filepath.Join(tree, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	write("go.sum", string(sums))
	program, err := os.ReadFile(filepath.Join(tree, "cmd", "caddy", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	write("main.go", string(program))

	run(t, goCommand("build", "-o", "caddy-with-images", "."))
	modules := run(t, exec.Command(filepath.Join(dir, "caddy-with-images"), "list-modules"))
	if !strings.Contains("\n"+modules, "\nhttp.handlers.images\n") {
		t.Errorf("http.handlers.images is not among\n%s", modules)
	}
}
