package integration_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

// Every example of docs/reference/imagekit.md and docs/reference/imagizer.md gives an image; the
// gallery fails where one does not.
func TestGallery(t *testing.T) {
	photos := t.TempDir()
	samples := exec.Command("go", "run", "./examples/quickstart/samples", photos)
	gallery := exec.Command("go", "run", "./examples/gallery", "-caddy", caddyBinary(t), "-pictures", photos, "-out", filepath.Join(t.TempDir(), "gallery"))
	for _, cmd := range []*exec.Cmd{samples, gallery} {
		cmd.Dir = root(t)
		dieWithParent(cmd)
		run(t, cmd)
	}
}
