package transform

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Details describe an image by its file, without decoding pixels. What the
// file lacks is zero.
type Details struct {
	// Format is FormatAuto for a PDF, which is not an image format.
	Format Format

	// Size is the size of one page or frame as a viewer shows it, Stored its
	// size in the file: before EXIF Orientation, 1 to 8, is applied.
	Size, Stored Size
	Orientation  int

	// Frames is the number of frames of an animation, Pages that of a
	// document's pages; otherwise 1.
	Frames, Pages int

	// Alpha reports whether the image can be transparent.
	Alpha bool

	// Space is the colour space: srgb, gray, cmyk, lab or other.
	Space string

	// Depth is the number of bits of a channel, 1 to 64.
	Depth int

	// Density is in pixels per inch; 0 if the file does not declare it.
	Density float64

	// EXIF has the tags by their names in the standard, except for those of
	// the thumbnail and of the camera maker.
	EXIF map[string]Value

	ICC ICC

	// Sampling has the horizontal and vertical sampling factors of a JPEG's
	// channels: "2x2,1x1,1x1" has a quarter of the colour samples.
	Sampling string

	// Progressive reports whether a JPEG is progressive.
	Progressive bool
}

// Value is the value of a tag. Rationals are as stored, "2159/1273"; lists
// are "1, 2, 3".
type Value struct {
	Text string

	// Number reports whether it is a single whole number, stored as such.
	Number bool
}

// MarshalJSON writes a number as a number, anything else as a string.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Number && isWhole(v.Text) {
		return []byte(v.Text), nil
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON reads the output of MarshalJSON.
func (v *Value) UnmarshalJSON(data []byte) error {
	if isWhole(string(data)) {
		*v = Value{Text: string(data), Number: true}
		return nil
	}
	*v = Value{}
	return json.Unmarshal(data, &v.Text)
}

// isWhole reports whether a text is a JSON integer that every reader
// represents exactly.
func isWhole(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 15 || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// ICC is the description of a colour profile.
type ICC struct{ Description, Copyright, Manufacturer, Model string }

// Limits of Details, whatever a file contains.
const (
	mostTags = 256
	mostText = 512      // bytes of a text
	mostTold = 32 << 10 // bytes of all names and texts of EXIF
	mostBits = 64
)

// Bounded returns the details with texts limited to valid UTF-8 without
// control characters, keeping the first ones in the order of their names. ok
// is false if the details are invalid.
func (d Details) Bounded() (Details, bool) {
	told := 0
	var tags map[string]Value
	for _, name := range slices.SortedFunc(maps.Keys(d.EXIF), cmp.Compare[string]) {
		v := d.EXIF[name]
		v.Text = boundedText(v.Text)
		v.Number = v.Number && isWhole(v.Text)
		told += len(name) + len(v.Text)
		if !isTagName(name) || v.Text == "" || len(tags) == mostTags || told > mostTold {
			continue
		}
		if tags == nil {
			tags = map[string]Value{}
		}
		tags[name] = v
	}
	d.EXIF = tags
	for _, text := range []*string{&d.Space, &d.ICC.Description, &d.ICC.Copyright, &d.ICC.Manufacturer, &d.ICC.Model, &d.Sampling} {
		*text = boundedText(*text)
	}
	return d, d.valid()
}

func (d Details) valid() bool {
	for _, s := range []Size{d.Size, d.Stored} {
		if s.Width < 1 || s.Height < 1 {
			return false
		}
	}
	known := d.Format == FormatAuto || d.Format >= JPEG && int(d.Format) < len(formats)
	return known && d.Orientation >= 1 && d.Orientation <= 8 &&
		d.Frames >= 1 && d.Pages >= 1 && d.Depth >= 1 && d.Depth <= mostBits && d.Density >= 0 && d.Density <= 1e6
}

func isTagName(name string) bool {
	letter := func(r rune) bool { return r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) }
	return name != "" && len(name) <= 64 && strings.TrimFunc(name, letter) == ""
}

// boundedText returns a text as one line of limited length.
func boundedText(text string) string {
	text = text[:min(len(text), 4*mostText)] // no more than that is examined
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, ""))
	text = strings.TrimSpace(text)
	if len(text) > mostText {
		text = strings.TrimSpace(strings.ToValidUTF8(text[:mostText], ""))
	}
	return text
}
