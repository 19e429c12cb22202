package corpus

import (
	"bytes"
	"image"
	"image/gif"
	"os"
	"path/filepath"
	"testing"
)

// A copy decodes to the very same pixels, and no two have the same bytes.
func TestDistinct(t *testing.T) {
	for name, write := range map[string]func() ([]byte, error){
		"jpeg": func() ([]byte, error) { return asJPEG(photo(1, 64, 48)) },
		"png":  func() ([]byte, error) { return asPNG(cutout(1, 64, 48)) },
		"gif":  func() ([]byte, error) { return asGIF(animation(1, 64, 48, 3)) },
	} {
		file, err := write()
		if err != nil {
			t.Fatal(err)
		}
		want := decode(t, file)
		first, second := distinct(t, file, 1), distinct(t, file, 2)
		if bytes.Equal(first, second) || bytes.Equal(first, file) {
			t.Errorf("%s: copies have equal bytes", name)
		}
		got := decode(t, first)
		for y := range 48 {
			for x := range 64 {
				if got.At(x, y) != want.At(x, y) {
					t.Fatalf("%s: at (%d, %d) is %v, want %v", name, x, y, got.At(x, y), want.At(x, y))
				}
			}
		}
	}
	if _, err := Distinct([]byte("<svg/>"), 1); err == nil {
		t.Error("an SVG has a copy")
	}
}

func TestDistinctAnimation(t *testing.T) {
	file, err := asGIF(animation(1, 64, 48, 3))
	if err != nil {
		t.Fatal(err)
	}
	g, err := gif.DecodeAll(bytes.NewReader(distinct(t, file, 7)))
	if err != nil || len(g.Image) != 3 {
		t.Errorf("%d frames, %v", len(g.Image), err)
	}
}

func distinct(t *testing.T, file []byte, n int) []byte {
	t.Helper()
	file, err := Distinct(file, n)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func decode(t *testing.T, file []byte) image.Image {
	t.Helper()
	i, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// What is there is not made again, and what was made in another way is.
func TestMake(t *testing.T) {
	webps := 0
	c := Config{Dir: t.TempDir(), Copies: 2, Scale: 40, EncodeWebP: func(image.Image) ([]byte, error) {
		webps++
		return []byte("RIFF\x04\x00\x00\x00WEBPVP8 "), nil
	}}
	for range 2 {
		files, err := Make(c)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{Photo12, Photo1, Alpha, WebP, Motion} {
			if len(files[kind]) != 2 {
				t.Errorf("%s has %v", kind, files[kind])
			}
		}
		if i := decode(t, read(t, c.Dir, files[Photo12][1])); i.Bounds().Dx() != 100 || i.Bounds().Dy() != 75 {
			t.Errorf("a photo of %v", i.Bounds())
		}
	}
	c.Copies = 3
	if _, err := Make(c); err != nil {
		t.Fatal(err)
	}
	if webps != 2 {
		t.Errorf("the WebP was made %d times, want twice", webps)
	}
}

func TestFolder(t *testing.T) {
	own := t.TempDir()
	file, err := asJPEG(photo(3, 40, 30))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a.JPG", "b.jpeg"} {
		if err := os.WriteFile(filepath.Join(own, name), file, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(own, "notes.txt"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := Config{Dir: t.TempDir(), Copies: 5, Folder: own}
	names, err := c.folder()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, name := range names {
		seen[string(read(t, c.Dir, name))] = true
	}
	if len(names) != 5 || len(seen) != 5 {
		t.Errorf("%d files of %d different contents, want 5", len(names), len(seen))
	}
	c.Folder = t.TempDir()
	if _, err := c.folder(); err == nil {
		t.Error("an empty folder is a corpus")
	}
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
