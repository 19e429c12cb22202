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

// Align is the alignment of the lines of a text.
type Align int

// The alignments. Low is left.
const (
	AlignLow    Align = C.VIPS_ALIGN_LOW
	AlignCentre Align = C.VIPS_ALIGN_CENTRE
	AlignHigh   Align = C.VIPS_ALIGN_HIGH
)

// TextOptions configure a text. The zero value is one line at 72 dpi, where a
// point is a pixel, in the default font.
type TextOptions struct {
	Font     string // Pango's description: "sans bold 12"
	FontFile string // a font to load for this text; its name goes into Font
	Width    int    // width in pixels to wrap lines at, between words if possible; 0 for no wrapping
	Align    Align
	Justify  bool
	Spacing  int // additional space between lines, in points
	DPI      int // 72

	// RGBA draws in the colours of the markup, with alpha. Otherwise the
	// result is a mask of one band.
	RGBA bool
}

// AddFonts makes the fonts in a directory and its subdirectories available by
// family name for texts of this process, including those in an SVG or a PDF.
// They are scanned now. A missing directory has none.
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

// addFontFiles is for prebuilt libvips with embedded fontconfig, which only
// libvips can call: each file is loaded for a dummy text, and stays. Files
// that are not fonts, and links that lead out of the directory, are ignored.
func addFontFiles(folder string) error {
	if !HasOperation("text") {
		return errors.New("this libvips cannot draw text, so it cannot load fonts")
	}
	folder, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil // missing
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

// Text draws a text in Pango markup, as large as needed: everything else must
// be escaped. A text without a visible letter is an error.
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
