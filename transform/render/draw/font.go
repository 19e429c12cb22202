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

// Limits for font files of a job, whose memory no other limit of a worker
// counts.
const (
	// MaxFontFiles is the largest number of font files.
	MaxFontFiles = 6

	// MaxFontSize is the largest size of a font file, in bytes, including its
	// new name table. The largest common ones are those of Chinese, Japanese
	// and Korean together, of some 20 MB.
	MaxFontSize = 40 << 20
)

// fonts are the loaded files, by family. A font stays until the process ends:
// libraries cannot unload it, and read its file at any time. Texts of other
// jobs cannot use it because its process does no other job, and otherwise
// because of its unique name.
var fonts struct {
	sync.Mutex
	paths map[string]string
}

// family returns the font families for a text: that of its file, followed by
// those that it names.
func (p *picture) family(l transform.Layer) (string, error) {
	t := l.Text
	if !t.HasFile() {
		return t.Font, nil
	}
	file := p.whole.File(l)
	if file == nil {
		return "", errors.New(errors.Internal, "The font file is missing")
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

// loadFont makes a font available by a name.
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
	// The text does not matter, and is not drawn with the font.
	if _, err := p.scope.Text("m", vips.TextOptions{Font: fmt.Sprintf("sans-serif, %d", trial), FontFile: path}); err != nil {
		return errors.New(errors.BadImage, "The font is damaged").Because(err)
	}
	if fonts.paths == nil {
		fonts.paths = map[string]string{}
	}
	fonts.paths[family] = path
	return nil
}
