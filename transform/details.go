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

// Details is what a file says of its image, none of whose pixels was decoded
// for it. What is missing in the file is zero.
type Details struct {
	// Format is FormatAuto for a PDF, which is none that an image has.
	Format Format

	// Size is that of one page or frame as a viewer sees it, Stored as the file has
	// it: the one turned by Orientation, which is EXIF's, 1 to 8.
	Size, Stored Size
	Orientation  int

	// Frames are those of an animation, Pages those of a document; 1 for all else.
	Frames, Pages int

	// Alpha reports whether the image can be transparent.
	Alpha bool

	// Space is what the channels are: srgb, gray, cmyk, lab or other.
	Space string

	// Depth is how many bits a channel has, 1 to 64.
	Depth int

	// Density is in pixels an inch; 0 where the file does not say.
	Density float64

	// EXIF has the tags by their names in the standard, without those of the
	// thumbnail, and without what only the camera's maker can read.
	EXIF map[string]Value

	ICC ICC

	// Sampling has the factors of a JPEG's channels, across and down: "2x2,1x1,1x1" has
	// a fourth of the samples of colour.
	Sampling string

	// Progressive reports whether a JPEG is.
	Progressive bool
}

// Value is what a tag says. Rationals are as stored, "2159/1273", lists are "1, 2, 3".
type Value struct {
	Text string

	// Number tells that it is one whole number, stored as such.
	Number bool
}

// MarshalJSON writes a number as one, and all else as a string.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Number && isWhole(v.Text) {
		return []byte(v.Text), nil
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON is for what MarshalJSON wrote.
func (v *Value) UnmarshalJSON(data []byte) error {
	if isWhole(string(data)) {
		*v = Value{Text: string(data), Number: true}
		return nil
	}
	*v = Value{}
	return json.Unmarshal(data, &v.Text)
}

// isWhole reports whether a text is a whole number as JSON has it, of a size
// that is exact everywhere.
func isWhole(text string) bool {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || len(digits) > 15 || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	return strings.Trim(digits, "0123456789") == ""
}

// ICC is what a colour profile says of itself.
type ICC struct{ Description, Copyright, Manufacturer, Model string }

// Bounds of Details, whatever a file says.
const (
	mostTags = 256
	mostText = 512      // bytes of a text
	mostTold = 32 << 10 // bytes of all names and texts of EXIF
	mostBits = 64
)

// Bounded returns the details with texts that are valid UTF-8 without control
// characters, within bounds, the first ones by the order of their names. It
// is false where they make no sense.
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

// boundedText returns a text as one line, cut to a length.
func boundedText(text string) string {
	text = text[:min(len(text), 4*mostText)] // so that no more than that is looked at
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
