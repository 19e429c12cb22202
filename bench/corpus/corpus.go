// Package corpus makes the images of the benchmark. They are computed, and so
// the same everywhere, and exist in many copies of different bytes.
package corpus

import (
	"bytes"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// version is incremented when the images change.
const version = "1"

// The kinds of images. Each is a directory of copies.
const (
	Photo12 = "photo-12mp" // JPEG, 4000x3000
	Photo1  = "photo-1mp"  // JPEG, 1200x900
	Alpha   = "alpha"      // PNG with transparency, 1600x1200
	WebP    = "webp"       // 2000x1500
	Motion  = "motion"     // GIF, 480x360, 24 frames
	Folder  = "folder"     // the files of a folder that was given
)

// Config configures the corpus.
type Config struct {
	Dir    string // where the kinds' folders are to be
	Copies int    // of each kind
	Folder string // the user's own images; may be empty

	// Scale divides the sides of all images, for a quick run. Default: 1.
	Scale int

	// EncodeWebP writes a WebP, which Go's own packages cannot.
	EncodeWebP func(image.Image) ([]byte, error)
}

// Make makes missing images, and returns the files of each kind, as
// slash-separated paths below the directory.
func Make(c Config) (map[string][]string, error) {
	c.Scale = max(c.Scale, 1)
	w := func(n int) int { return n / c.Scale }
	files := map[string][]string{}
	for _, kind := range []struct {
		name, ext string
		make      func() ([]byte, error)
	}{
		{Photo12, ".jpg", func() ([]byte, error) { return asJPEG(photo(12, w(4000), w(3000))) }},
		{Photo1, ".jpg", func() ([]byte, error) { return asJPEG(photo(1, w(1200), w(900))) }},
		{Alpha, ".png", func() ([]byte, error) { return asPNG(cutout(5, w(1600), w(1200))) }},
		{WebP, ".webp", func() ([]byte, error) { return c.EncodeWebP(photo(7, w(2000), w(1500))) }},
		{Motion, ".gif", func() ([]byte, error) { return asGIF(animation(9, w(480), w(360), 24)) }},
	} {
		stamp := fmt.Sprintf("%s/%s/%d", version, kind.name, c.Scale)
		names, err := c.copies(kind.name, kind.ext, stamp, kind.make)
		if err != nil {
			return nil, fmt.Errorf("making %s: %w", kind.name, err)
		}
		files[kind.name] = names
	}
	if c.Folder == "" {
		return files, nil
	}
	var err error
	files[Folder], err = c.folder()
	return files, err
}

// copies writes the copies of one image, unless its stamp is current.
func (c Config) copies(kind, ext, stamp string, file func() ([]byte, error)) ([]string, error) {
	var names []string
	for n := range c.Copies {
		names = append(names, fmt.Sprintf("%s/%03d%s", kind, n, ext))
	}
	stamp = fmt.Sprintf("%s x%d", stamp, c.Copies)
	note := filepath.Join(c.Dir, kind, "stamp")
	if had, _ := os.ReadFile(note); string(had) == stamp {
		return names, nil
	}
	if err := c.clear(kind); err != nil {
		return nil, err
	}
	original, err := file()
	if err != nil {
		return nil, err
	}
	for n, name := range names {
		if err := c.write(name, original, n); err != nil {
			return nil, err
		}
	}
	return names, os.WriteFile(note, []byte(stamp), 0o644)
}

func (c Config) clear(kind string) error {
	dir := filepath.Join(c.Dir, kind)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.MkdirAll(dir, 0o755)
}

func (c Config) write(name string, original []byte, copy int) error {
	file, err := Distinct(original, copy)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.Dir, filepath.FromSlash(name)), file, 0o644)
}

// folder copies the JPEG, PNG, GIF and WebP files of the given directory,
// repeating them as needed.
func (c Config) folder() ([]string, error) {
	entries, err := os.ReadDir(c.Folder)
	if err != nil {
		return nil, err
	}
	if err := c.clear(Folder); err != nil {
		return nil, err
	}
	var originals []string
	for _, e := range entries {
		if slices.Contains([]string{".jpg", ".jpeg", ".png", ".gif", ".webp"}, strings.ToLower(filepath.Ext(e.Name()))) {
			originals = append(originals, e.Name())
		}
	}
	if len(originals) == 0 {
		return nil, fmt.Errorf("no JPEG, PNG, GIF or WebP file in %s", c.Folder)
	}
	var names []string
	for n := range max(c.Copies, len(originals)) {
		original := originals[n%len(originals)]
		file, err := os.ReadFile(filepath.Join(c.Folder, original))
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%s/%03d%s", Folder, n, strings.ToLower(filepath.Ext(original)))
		if err := c.write(name, file, n); err != nil {
			return nil, fmt.Errorf("%s: %w", original, err)
		}
		names = append(names, name)
	}
	return names, nil
}

func asJPEG(i image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, i, &jpeg.Options{Quality: 90})
	return b.Bytes(), err
}

func asPNG(i image.Image) ([]byte, error) {
	var b bytes.Buffer
	err := png.Encode(&b, i)
	return b.Bytes(), err
}

func asGIF(g *gif.GIF) ([]byte, error) {
	var b bytes.Buffer
	err := gif.EncodeAll(&b, g)
	return b.Bytes(), err
}
