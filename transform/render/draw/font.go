//go:build cgo

package draw

import (
	"fmt"
	"sync"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/font"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// What a job may have of fonts that come as files, which are memory that no other limit
// of a worker counts.
const (
	// MaxFontFiles is how many there may be.
	MaxFontFiles = 6

	// MaxFontSize is how large one may be, in bytes, with its other table of names. The
	// largest that are in use are those of Chinese, Japanese and Korean together, of
	// some 20 MB.
	MaxFontSize = 40 << 20
)

// fonts are the files that were loaded, by family. A font stays until the process
// ends: the libraries have no way to give one back, and look into its file at any
// time. What keeps it from other jobs' texts is that its process does no other
// job; should it, then the name.
var fonts struct {
	sync.Mutex
	paths map[string]string
}

// family returns what to draw a text with: the families that it names, after
// that of its file.
func (p *picture) family(l transform.Layer) (string, error) {
	t := l.Text
	if !t.HasFile() {
		return t.Font, nil
	}
	file := p.whole.File(l)
	if file == nil {
		return "", errors.New(errors.Internal, "The font did not come along")
	}
	family := font.Family(file)
	if err := p.loadFont(family, file); err != nil {
		return "", err
	}
	if t.Font != "" {
		family += "," + t.Font
	}
	return family, nil
}

// loadFont makes a font known by a name.
func (p *picture) loadFont(family string, file []byte) error {
	fonts.Lock()
	defer fonts.Unlock()
	if _, known := fonts.paths[family]; known {
		return nil
	}
	prefix, err := font.Prefix(file)
	if err != nil {
		return errors.New(errors.BadImage, "The file is not a font, or a damaged one: %v", err)
	}
	path, err := keepFile(prefix, file)
	if err != nil {
		return err
	}
	// What is drawn does not matter. It is not drawn with the font.
	if _, err := p.scope.Text("m", vips.TextOptions{Font: fmt.Sprintf("sans-serif, %d", trial), FontFile: path}); err != nil {
		return errors.New(errors.BadImage, "The font is damaged").Because(err)
	}
	if fonts.paths == nil {
		fonts.paths = map[string]string{}
	}
	fonts.paths[family] = path
	return nil
}
