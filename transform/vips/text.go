//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unsafe"
)

// Align is where the lines of a text begin or end.
type Align int

// The alignments. Low is left.
const (
	AlignLow    Align = C.VIPS_ALIGN_LOW
	AlignCentre Align = C.VIPS_ALIGN_CENTRE
	AlignHigh   Align = C.VIPS_ALIGN_HIGH
)

// TextOptions is how to set a text. The zero value is one line at 72 dpi, where
// a point is a pixel, in the default font.
type TextOptions struct {
	Font     string // Pango's description: "sans bold 12"
	FontFile string // a font to load for this text; its name goes into Font
	Width    int    // pixels to break lines at, between words if that is possible; 0 is not at all
	Align    Align
	Justify  bool
	Spacing  int // more room between lines, in points
	DPI      int // 72

	// RGBA draws in the colours of the markup, with an alpha. Otherwise the result
	// is a mask of one band.
	RGBA bool
}

// AddFonts has texts of this process, those in an SVG or a PDF included, find the
// fonts in a folder and in those below it by the names of their families. They are
// looked through now. A folder that is not there has none.
func AddFonts(folder string) error {
	if err := Startup(Config{}); err != nil {
		return err
	}
	name := C.CString(folder)
	defer C.free(unsafe.Pointer(name))
	if C.bridge_add_fonts(name) != 0 {
		return nil
	}
	return addFontFiles(folder)
}

// addFontFiles is for a libvips that has fontconfig within itself, as
// prebuilt ones have, where nothing but libvips can call it: each file is
// loaded for a text that does not matter, and stays. Those that are not fonts
// fail, and are as good as none; so are links that lead out of the folder.
func addFontFiles(folder string) error {
	if !HasOperation("text") {
		return errors.New("this libvips draws no text, so it takes no fonts")
	}
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil // it is not there
	}
	scope := NewScope(context.Background())
	defer scope.Close()
	return filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		file, err := filepath.EvalSymlinks(path)
		if err != nil || !strings.HasPrefix(file, folder+string(filepath.Separator)) {
			return nil
		}
		if info, err := os.Stat(file); err != nil || !info.Mode().IsRegular() {
			return nil
		}
		if text, err := scope.Text("m", TextOptions{Font: "sans-serif 1", FontFile: file}); err == nil {
			text.Close()
		}
		return nil
	})
}

// Text draws a text in Pango markup, as large as it takes: what is not markup
// must be escaped. A text without a visible letter is an error.
func (s *Scope) Text(markup string, opts TextOptions) (*Image, error) {
	in := args{
		"text":    markup,
		"align":   int(opts.Align),
		"justify": opts.Justify,
		"spacing": opts.Spacing,
		"rgba":    opts.RGBA,
	}
	in.unlessZero("width", opts.Width)
	if opts.Width > 0 {
		const wordChar = 2 // VIPS_TEXT_WRAP_WORD_CHAR
		in["wrap"] = wordChar
	}
	in.unlessZero("dpi", opts.DPI)
	if opts.Font != "" {
		in["font"] = opts.Font
	}
	if opts.FontFile != "" {
		in["fontfile"] = opts.FontFile
	}
	return s.image("text", in)
}
