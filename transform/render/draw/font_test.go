//go:build cgo

package draw_test

import (
	"bytes"
	"image"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/fonttest"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// withFonts is texts of one letter below the other, on a white image of 300
// by 200 pixels, each with a font that comes as a file.
func withFonts(t *testing.T, content string, files ...[]byte) render.Job {
	t.Helper()
	named, step := map[string][]byte{}, transform.Step{}
	for i, file := range files {
		name := string(rune('a'+i)) + ".ttf"
		named[name] = file
		l := text(content, func(x *transform.Text) { x.File = origin.Ref{Path: name} })
		l.Place = at(10, float64(10+30*i))
		step.Layers = append(step.Layers, l)
	}
	return layered(asPNG(t, solid(300, 200, white)), named, step)
}

// A letter of 20 pixels is a square of 16 with 2 at each side, where it is the
// file that it comes from.
func TestTextWithFontFile(t *testing.T) {
	got := decode(t, result(t, withFonts(t, "AAA", fonttest.Squares("A"))).Body)
	if r := inked(got); r != image.Rect(10, 10, 66, 26) {
		t.Errorf("the ink is in %v", r)
	}
	for _, x := range []int{11, 24, 31, 44, 51, 64} {
		wantColor(t, got, x, 15, black, 0)
	}
	for _, x := range []int{27, 28, 47, 48} {
		wantColor(t, got, x, 15, white, 0)
	}
}

// Two fonts of one family are two fonts, and neither is that of texts which do not
// ask for it.
func TestFontFilesOfOneFamily(t *testing.T) {
	usual := onWhite(t, text("B", nil))
	got := decode(t, result(t, withFonts(t, "B", fonttest.Squares("AB"), fonttest.Squares("A"), fonttest.Squares("BC"))).Body)
	for y := range 28 {
		for x := range 28 {
			square := white
			if x < 16 && y < 16 {
				square = black
			}
			wantColor(t, got, 10+x, 10+y, square, 0)
			wantColor(t, got, 10+x, 40+y, usual.NRGBAAt(10+x, 10+y), 0) // the letter that the font lacks
			wantColor(t, got, 10+x, 70+y, square, 0)
		}
	}
	named := onWhite(t, text("B", func(x *transform.Text) { x.Font = "Squares" }))
	if !bytes.Equal(named.Pix, usual.Pix) {
		t.Error("a font shows in a text that has not its file")
	}
}

func TestBadFontFiles(t *testing.T) {
	good := fonttest.Squares("A")
	for _, file := range [][]byte{[]byte("no font"), asPNG(t, solid(3, 3, white)), good[:len(good)-20]} {
		e := failure(t, withFonts(t, "A", file), errors.BadImage)
		wantMessage(t, e, `In the layer "a.ttf": The file is not a font, or a damaged one: it is `)
	}
	noGlyphs := bytes.Replace(good, []byte("maxp"), []byte("maxq"), 1)
	wantMessage(t, failure(t, withFonts(t, "A", noGlyphs), errors.BadImage), `it has no table "maxp"`)
	huge := bytes.Clone(good) // letters of 30000 units each, of which 16 are a font's size
	copy(huge[bytes.Index(huge, []byte{0x5f, 0x0f, 0x3c, 0xf5})+6:], []byte{0, 16})
	for i := bytes.Index(huge, []byte{3, 0xe8, 0, 100, 3, 0xe8, 0, 100}); i > 0 && huge[i] == 3; i += 4 {
		copy(huge[i:], []byte{0x75, 0x30})
	}
	wantMessage(t, failure(t, withFonts(t, "AAAA", huge), errors.BadImage), `In the layer "a.ttf": The text cannot be drawn with this font`)
	missing := withFonts(t, "A", good)
	missing.Files = nil
	failure(t, missing, errors.Internal)
}
