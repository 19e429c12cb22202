package images_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
)

// The rules for alerts are those of the file, and ask for metrics, labels and values
// that there are.
func TestDocsAlerts(t *testing.T) {
	const path = "examples/prometheus/alerts.yml"
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	docs := readPage(t, "docs/reference/metrics.md")
	if !strings.Contains(section(t, readPage(t, "docs/how-to/monitoring.md"), "Alerts"), "```yaml\n"+string(file)+"```\n") {
		t.Errorf("docs/how-to/monitoring.md has other rules than %s", path)
	}
	labels := map[string][]string{}
	for _, row := range table(t, docs.text, "Metric") {
		labels[row[0]] = strings.Fields(row[2])
	}
	values := map[string][]string{
		"outcome": column(table(t, docs.text, "Outcome"), 0),
		"reason":  column(table(t, docs.text, "Reason"), 0),
		"fault":   {string(errors.OfClient), string(errors.OfOrigin), string(errors.OfServer)},
	}
	uses := regexp.MustCompile(`(caddy_images_\w+)(?:\{(\w+)=~?"([^"]*)"\})?`).FindAllStringSubmatch(string(file), -1)
	if len(uses) < 10 {
		t.Fatalf("%d metrics in the rules", len(uses))
	}
	for _, use := range uses {
		if _, ok := labels[use[1]]; !ok {
			t.Errorf("there is no metric %s", use[1])
		}
		if use[2] != "" && !slices.Contains(labels[use[1]], use[2]) {
			t.Errorf("%s has no label %s", use[1], use[2])
		}
		for _, value := range strings.FieldsFunc(use[3], func(r rune) bool { return r == '|' }) {
			if !slices.Contains(values[use[2]], value) {
				t.Errorf("%s of %s is never %q", use[2], use[1], value)
			}
		}
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not there to check the rules")
	}
	if out, err := exec.Command(promtool, "check", "rules", path).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
