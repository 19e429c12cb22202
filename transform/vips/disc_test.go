//go:build cgo

package vips

import (
	"bytes"
	"image"
	"image/color"
	"image/gif"
	"testing"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// An animation of more than 100 MB of pixels, which libvips by itself decodes
// through a temporary file, is decoded in memory: here no file can be written.
func TestNoTemporaryFiles(t *testing.T) {
	t.Setenv("TMPDIR", "/nonexistent")
	frame := image.NewPaletted(image.Rect(0, 0, 1000, 1000), color.Palette{color.Black, color.White})
	animation := gif.GIF{}
	for range 40 {
		animation.Image = append(animation.Image, frame)
		animation.Delay = append(animation.Delay, 10)
	}
	var file bytes.Buffer
	if err := gif.EncodeAll(&file, &animation); err != nil {
		t.Fatal(err)
	}
	scope := NewScope(t.Context())
	defer scope.Close()
	opened, err := scope.NewImageFromBuffer(file.Bytes(), sniff.GIF, LoadOptions{Pages: -1, Access: Random})
	if err != nil {
		t.Fatal(err)
	}
	if opened.Height() != 40_000 {
		t.Fatalf("height %d, want 40000", opened.Height())
	}
	if _, err := opened.Average(); err != nil {
		t.Error(err)
	}
}
