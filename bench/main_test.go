//go:build linux && cgo

package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	caddycmd "github.com/caddyserver/caddy/v2/cmd"

	_ "github.com/caddyserver/caddy/v2/modules/caddyhttp/standard"

	_ "github.com/caddy-images/caddy-images"
)

// TestMain makes this program what a run starts: Caddy, and libvips alone.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(plainRole) != "":
		plainMain()
	case len(os.Args) > 1 && os.Args[1] == "run":
		caddycmd.Main()
	default:
		os.Exit(m.Run())
	}
}

// A whole run with small images. The figures mean nothing; that there are all
// of them, and that the handler's images are those of libvips alone, does.
func TestQuickRun(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	own := t.TempDir()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 300, 200)), nil); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(own, "a.jpg"), photo.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := parseOptions([]string{"-quick", "-caddy", program, "-dir", t.TempDir(), "-folder", own, "-without", "sharp,nginx"})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run(o, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, j := range slices.Concat(jobs, folderJobs) {
		for _, by := range []string{nameLibvips, nameInProcess, nameWorkers} {
			row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(j.Name) + ` +\| +` + by + ` \| +2 \| +([0-9]+) \|`)
			if found := row.FindStringSubmatch(text); found == nil || found[1] < "1" {
				t.Errorf("no requests of %s for %s", by, j.Name)
			}
		}
	}
	for _, kind := range hitKinds {
		if rows := regexp.MustCompile(`(?m)^\| `+kind.name+` +(\| +[0-9]+ \([0-9.]+\), [0-9]+ µs ){4}\|`).FindAllString(text, -1); len(rows) != 2 {
			t.Errorf("no hits of %s: %q", kind.name, rows)
		}
	}
	if strings.Contains(text, "NaN") || t.Failed() {
		t.Log(text)
	}
}
