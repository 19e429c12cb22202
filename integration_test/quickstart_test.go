package integration_test

import (
	"context"
	"html"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// The quickstart's page is opened in a browser. It checks itself: that every
// image arrives, has the size and type that its URL asks for, and that wrong
// URLs are answered with an ik-error.
func TestQuickstart(t *testing.T) {
	browser := findBrowser(t)
	photos := filepath.Join(t.TempDir(), "photos")
	samples := exec.Command("go", "run", "./examples/quickstart/samples", photos)
	samples.Dir = root(t)
	run(t, samples)

	example := filepath.Join(root(t), "examples", "quickstart")
	caddyfile, err := os.ReadFile(filepath.Join(example, "Caddyfile"))
	if err != nil {
		t.Fatal(err)
	}
	s := startCaddy(t, string(caddyfile), "SITE="+example, "PHOTOS="+photos)
	response, err := http.Get(s.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the page answers %s", response.Status)
	}

	page := dumpDOM(t, browser, s.URL+"/")
	state := attribute(page, "data-state")
	if !strings.HasPrefix(state, "ok ") {
		t.Errorf("state %q:\n%s", state, attribute(page, "data-failed"))
	}
}

// findBrowser gives a Chromium. Without one the test is skipped, except in CI.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("no Chromium is installed")
	}
	t.Skip("no Chromium is installed")
	return ""
}

// dumpDOM loads a page, lets its scripts run, and gives its HTML.
func dumpDOM(t *testing.T, browser, url string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser,
		"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
		"--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--window-size=1400,1000",
		"--virtual-time-budget=60000", "--dump-dom", url)
	dieWithParent(cmd)
	cmd.WaitDelay = 5 * time.Second
	return run(t, cmd)
}

// attribute returns the value of the first attribute with that name.
func attribute(page, name string) string {
	m := regexp.MustCompile(name + `="([^"]*)"`).FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}
