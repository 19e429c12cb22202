package integration_test

import (
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Every Caddyfile in examples/ is one that people copy: it is formatted, adapts without a warning and validates.
func TestExamples(t *testing.T) {
	var found []string
	err := filepath.WalkDir(filepath.Join(root(t), "examples"), func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (d.Name() == "Caddyfile" || strings.HasSuffix(d.Name(), ".Caddyfile")) {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no Caddyfile in examples")
	}
	for _, path := range found {
		name, err := filepath.Rel(root(t), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(filepath.ToSlash(filepath.Dir(name)), func(t *testing.T) {
			run(t, caddyCommand(t, "fmt", "--diff", path)) // exits with 1 when there is a difference
			run(t, caddyCommand(t, "validate", "--config", path, "--adapter", "caddyfile"))
			if json := run(t, caddyCommand(t, "adapt", "--config", path, "--adapter", "caddyfile")); !strings.Contains(json, `"handler":"images"`) {
				t.Errorf("no images handler in\n%s", json)
			}
		})
	}
}
