package fromimagizer

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// The page of the dialect has every key that is known here in its table of keys, and
// the recipe for migrating names those that are left out.
func TestDocsKeys(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/imagizer.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, ok := strings.Cut(string(text), "\n| Key | State | Notes |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	recipe, err := os.ReadFile("../../docs/how-to/migrate-from-imagizer.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(recipe), "\n## Importing a configuration\n")
	if !ok || !found {
		t.Fatal("there is no table of keys, or no section on importing")
	}
	for _, key := range slices.Concat(slices.Collect(maps.Keys(readers)), slices.Collect(maps.Keys(instead))) {
		if !strings.Contains(table, "`"+key+"`") {
			t.Errorf("the table lacks %s", key)
		}
	}
	for key := range instead {
		if !strings.Contains(section, "`"+key+"`") {
			t.Errorf("the section on importing does not say that %s is left out", key)
		}
	}
}
