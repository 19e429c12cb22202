package main

import (
	"bytes"
	"image"
	"image/gif"
	"os"
	"path/filepath"
	"testing"
)

func TestMakeAllKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	for _, s := range samples {
		if err := os.WriteFile(filepath.Join(dir, s.name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := makeAll(dir); err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if b, _ := os.ReadFile(filepath.Join(dir, s.name)); string(b) != "mine" {
			t.Errorf("%s was overwritten", s.name)
		}
	}
}

// The stored pixels lie on their side, and turning them as the tag says gives the upright picture.
func TestRotatedJPEG(t *testing.T) {
	upright := image.NewRGBA(image.Rect(0, 0, 16, 32))
	for i := range upright.Pix {
		upright.Pix[i] = 255
	}
	lying := turnLeft(upright)
	if lying.Bounds() != image.Rect(0, 0, 32, 16) {
		t.Fatalf("bounds %v", lying.Bounds())
	}
	upright.Set(3, 1, image.Black)
	if r, _, _, _ := turnLeft(upright).At(1, 12).RGBA(); r != 0 {
		t.Error("the pixel at 3,1 is not at 1,12 after a turn to the left")
	}
	var plain, tagged bytes.Buffer
	if err := writeJPEG(&plain, lying); err != nil {
		t.Fatal(err)
	}
	if err := withOrientation(&tagged, plain.Bytes(), 6); err != nil {
		t.Fatal(err)
	}
	if _, format, err := image.Decode(bytes.NewReader(tagged.Bytes())); err != nil || format != "jpeg" {
		t.Fatalf("decoding: %s, %v", format, err)
	}
	if !bytes.Contains(tagged.Bytes(), []byte{0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6}) {
		t.Error("no Orientation tag of 6")
	}
	if err := withOrientation(&tagged, []byte("GIF89a"), 6); err == nil {
		t.Error("a GIF was taken for a JPEG")
	}
}

func TestPlanetIsAnAnimation(t *testing.T) {
	var b bytes.Buffer
	if err := writePlanet(&b); err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(g.Image) < 2 || g.LoopCount != 0 {
		t.Errorf("%d frames, loop count %d", len(g.Image), g.LoopCount)
	}
}

func TestLogoIsTransparent(t *testing.T) {
	l := logo(64, 64)
	if _, _, _, a := l.At(0, 0).RGBA(); a != 0 {
		t.Errorf("alpha %d in the corner", a)
	}
	if _, _, _, a := l.At(32, 8).RGBA(); a < 0xc000 {
		t.Errorf("alpha %d on a petal", a)
	}
}
