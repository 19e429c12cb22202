package xmp

import (
	"os"
	"strings"
	"testing"
)

// docs/reference/metadata.md names every namespace of which something is kept, and all
// that says whose an image is.
func TestDocs(t *testing.T) {
	text, err := os.ReadFile("../../docs/reference/metadata.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range vocabularies {
		if !strings.Contains(string(text), "`"+v.prefix+"`") {
			t.Errorf("%s is missing", v.prefix)
		}
	}
	_, credit, _ := strings.Cut(string(text), "## Copyright and credit")
	for _, n := range creditNames {
		if name := vocabularies[n.Space].prefix + ":" + n.Local; !strings.Contains(credit, "`"+name+"`") {
			t.Errorf("%s is missing", name)
		}
	}
	for _, space := range creditSpaces {
		if prefix := vocabularies[space].prefix; !strings.Contains(credit, "`"+prefix+"`") {
			t.Errorf("%s is missing", prefix)
		}
	}
}
