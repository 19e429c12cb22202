package transform

import (
	"fmt"
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// Text is the content of a TextLayer: lines of text in a box.
type Text struct {
	// Content is plain text; \n breaks a line.
	Content string

	// Font is the name of a font family. If it is not installed, another one
	// is used. Empty means the server's default.
	Font string

	// File is a font file to use instead; Font is used for the letters that
	// it lacks. The zero value is none.
	File origin.Ref

	// Size is the font size, LineHeight the distance between lines, in
	// pixels; if not given, the latter is the font's own.
	Size, LineHeight Number

	Bold, Italic, Strikethrough bool

	Color Color

	// Width is the width in pixels at which lines are wrapped, if given.
	Width Number

	// Align aligns lines within the width of the longest.
	Align Align

	// Padding is around the letters.
	Padding Padding

	// Background is the colour of the box, including padding; transparent for
	// none.
	Background Color
}

// HasFile reports whether the text has a font file.
func (t Text) HasFile() bool { return t.File != origin.Ref{} }

// Align is the alignment of lines.
type Align uint8

// The alignments.
const (
	AlignCenter Align = iota
	AlignLeft
	AlignRight
)

// Padding is room on the four sides of something, in pixels.
type Padding struct{ Top, Right, Bottom, Left Number }

// LargestText is the largest width and height of a text's box, in pixels
// (ImageKit, "Add overlays on images").
const LargestText = 16383

// Setting is a Text with all numbers concrete, in pixels.
type Setting struct {
	Text
	Size, LineHeight         float64 // LineHeight is 0 for the font's own
	Width                    int     // 0 for no wrapping
	Top, Right, Bottom, Left int
}

// Set computes the Setting of a text for an image of f.Base below it. The
// error is errors.BadTransform, or errors.Limit if the box would be too large
// for any text.
func (t Text) Set(f Facts) (Setting, error) {
	s := Setting{Text: t}
	for _, n := range []struct {
		name   string
		number Number
		low    float64
		to     func(v float64)
	}{
		{"font size", t.Size, 1, func(v float64) { s.Size = v }},
		{"line height", t.LineHeight, 1, func(v float64) { s.LineHeight = v }},
		{"width", t.Width, 1, func(v float64) { s.Width = round(v) }},
		{"padding", t.Padding.Top, 0, func(v float64) { s.Top = round(v) }},
		{"padding", t.Padding.Right, 0, func(v float64) { s.Right = round(v) }},
		{"padding", t.Padding.Bottom, 0, func(v float64) { s.Bottom = round(v) }},
		{"padding", t.Padding.Left, 0, func(v float64) { s.Left = round(v) }},
	} {
		if !n.number.IsSet() {
			continue
		}
		v := n.number.In(f)
		switch {
		case math.IsNaN(v):
			return Setting{}, errors.New(errors.BadTransform, "The text's %s cannot be computed for this image: it divides by 0 or is too large", n.name)
		case v < n.low:
			return Setting{}, errors.New(errors.BadTransform, "The text's %s is %v for this image; it must be at least %v", n.name, v, n.low)
		case v > LargestText:
			return Setting{}, errors.New(errors.Limit, "The text's %s is %v pixels, more than %d", n.name, v, LargestText)
		}
		n.to(v)
	}
	return s, nil
}

// CheckBox returns an error unless a text of this size may be drawn.
func (s Setting) CheckBox(letters Size, l Limits) error {
	box := Size{letters.Width + s.Left + s.Right, letters.Height + s.Top + s.Bottom}
	if max(box.Width, box.Height) > LargestText {
		return errors.New(errors.Limit, "The text would be about %dx%d, more than %d pixels", box.Width, box.Height, LargestText)
	}
	return l.CheckDrawn(box)
}

func (t Text) write(k *keyWriter) {
	fmt.Fprintf(k, " text%q %q%s%s align%d", t.Content, t.Font, t.Color, t.Background, t.Align)
	if t.HasFile() {
		fmt.Fprintf(k, " file%q %q %q", t.File.Server, t.File.Path, t.File.Query)
	}
	k.flag("bold", t.Bold)
	k.flag("italic", t.Italic)
	k.flag("strike", t.Strikethrough)
	k.number("size", t.Size)
	k.number("lh", t.LineHeight)
	k.number("wrap", t.Width)
	k.number("pt", t.Padding.Top)
	k.number("pr", t.Padding.Right)
	k.number("pb", t.Padding.Bottom)
	k.number("pl", t.Padding.Left)
}
