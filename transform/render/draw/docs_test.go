//go:build cgo

package draw

import (
	"path"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/docstest"
)

// The docs list the steps in their order.
func TestDocsSteps(t *testing.T) {
	var names []string
	for _, s := range steps {
		function := runtime.FuncForPC(reflect.ValueOf(s).Pointer()).Name()
		names = append(names, "`"+strings.TrimPrefix(path.Ext(function), ".")+"`")
	}
	line := "\n" + strings.Join(names, " ") + "\n"
	if !slices.ContainsFunc(docstest.Pages(t), func(p docstest.Page) bool { return strings.Contains(p.Text, line) }) {
		t.Errorf("the docs lack the drawing steps,%s", line)
	}
}
