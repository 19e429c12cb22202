package steps_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/docstest"
	"github.com/caddy-images/caddy-images/transform/render/steps"
)

// The docs list the steps in their order.
func TestDocsSteps(t *testing.T) {
	var names []string
	for _, s := range steps.All {
		names = append(names, "`"+s.Name+"`")
	}
	line := "\n" + strings.Join(names, " ") + "\n"
	if !slices.ContainsFunc(docstest.Pages(t), func(p docstest.Page) bool { return strings.Contains(p.Text, line) }) {
		t.Errorf("the docs lack the drawing steps,%s", line)
	}
}
