package svg

import (
	"bytes"
	"strings"
)

// copier copies a file while it is scanned, byte for byte except for lengths.
// The methods of a nil copier do nothing.
type copier struct {
	units  units
	coding coding

	out     *bytes.Buffer
	outer   []*bytes.Buffer // of the references to the current entity
	instead *string         // replacement of the next piece
	most    int             // bytes
	written int             // not counting outer

	root  *tag // nil before the root element
	sheet *sheetText
}

// tag is the start tag of the root element: its name, with prefix, and the
// rest without the sizing attributes.
type tag struct {
	name, rest string
	style      string // as written
	at         int    // offset in the copy
}

// sheetText is an open style element.
type sheetText struct {
	css      strings.Builder
	from     int  // offset of its content in the copy; negative until known
	depth    int  // of nested elements
	mixed    bool // has nested elements
	expanded bool // has references
}

// coding is the interpretation of non-ASCII bytes in a file.
type coding byte

const (
	inUTF8   coding = iota
	inBytes         // one byte per character
	inOthers        // several bytes per character, some of which look like ASCII
)

// encoded sets the file's encoding.
func (c *copier) encoded(as coding) {
	if c != nil {
		c.coding = as
	}
}

// codingOf returns the coding of the encoding in the XML declaration.
func codingOf(name string) coding {
	name = strings.ToLower(name)
	switch name {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return inUTF8
	case "latin1", "koi8-r", "koi8-u", "macintosh":
		return inBytes
	}
	for _, family := range []string{"iso-8859-", "iso8859-", "iso_8859-", "windows-125", "cp125"} {
		if strings.HasPrefix(name, family) {
			return inBytes
		}
	}
	return inOthers
}

// check refuses a text of CSS in which a part of a multi-byte character looks
// like a closing brace or a backslash, which libraries interpret differently.
func (c *coding) check(text string) error {
	if *c != inOthers {
		return nil
	}
	for i := 1; i < len(text); i++ {
		if text[i-1] >= 0x80 && strings.IndexByte(`\{}[]`, text[i]) >= 0 {
			return malformed("a style has characters whose encoding contains brackets or backslashes; it takes UTF-8")
		}
	}
	return nil
}

// keeps reports whether a changed text can be written in the file's encoding.
// Outside of UTF-8, characters from references cannot, and in some encodings
// a part of a character may look like a letter.
func (c *copier) keeps(text string, expanded bool) bool {
	switch c.coding {
	case inUTF8:
		return true
	case inBytes:
		return !expanded || isASCII(text)
	}
	return isASCII(text)
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= 0x80 {
			return false
		}
	}
	return true
}

// piece copies a piece, or writes its replacement.
func (c *copier) piece(raw string) {
	if c == nil {
		return
	}
	if c.instead != nil {
		raw, c.instead = *c.instead, nil
	}
	if c.written += len(raw); c.written <= c.most {
		c.out.WriteString(raw)
	}
	if c.sheet != nil && c.sheet.from < 0 { // after its start tag
		c.sheet.from = c.out.Len()
	}
}

// tag copies a start tag, after its "<".
func (c *copier) tag(raw, full string, attributes []attribute) {
	if c == nil {
		return
	}
	isRoot := c.root == nil
	if isRoot {
		c.root = &tag{name: full, at: c.out.Len()}
	}
	var b strings.Builder
	copied := len(full)
	for _, a := range attributes {
		value, written := c.units.attribute(a), a.raw.of(raw)
		changed := value != a.Value && c.keeps(value, strings.Contains(written, "&"))
		if changed {
			written = spaceEscaper.Replace(escaper.Replace(value))
		}
		switch {
		case isRoot && a.Prefix == "" && sizing[a.Name]:
			if a.Name == "style" {
				c.root.style = written
			}
			b.WriteString(raw[copied:a.span.from])
			copied = a.span.to
		case changed:
			b.WriteString(raw[copied:a.raw.from])
			b.WriteString(written)
			copied = a.raw.to
		}
	}
	b.WriteString(raw[copied:])
	if isRoot {
		c.root.rest, c.instead = b.String(), new(string)
		return
	}
	if copied > len(full) {
		changed := "<" + full + b.String()
		c.instead = &changed
	}
}

// sizing are the attributes of the root element that are replaced.
var sizing = map[string]bool{"width": true, "height": true, "viewBox": true, "preserveAspectRatio": true, "style": true, "font-size": true}

// escaper escapes a value for an attribute or an element.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// spaceEscaper escapes white space that an attribute would normalise.
var spaceEscaper = strings.NewReplacer("\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// refers notes a reference in content.
func (c *copier) refers() {
	if c != nil && c.sheet != nil {
		c.sheet.expanded = true
	}
}

// enter begins the copy of an entity's text.
func (c *copier) enter() {
	if c == nil {
		return
	}
	c.outer, c.out = append(c.outer, c.out), &bytes.Buffer{}
}

// leave ends it. If anything in it was replaced, the text takes the place of
// the reference.
func (c *copier) leave(text string) {
	if c == nil {
		return
	}
	inner := c.out.String()
	c.out, c.outer = c.outer[len(c.outer)-1], c.outer[:len(c.outer)-1]
	if inner != text {
		c.instead = &inner
	}
}

// start implements sink.
func (c *copier) start(name string, _ []attribute) error {
	switch {
	case c.sheet != nil:
		c.sheet.depth, c.sheet.mixed = c.sheet.depth+1, true
	case name == "style":
		c.sheet = &sheetText{from: -1}
	}
	return nil
}

// text implements sink.
func (c *copier) text(text string) error {
	if c.sheet != nil && c.sheet.depth == 0 {
		c.sheet.css.WriteString(text)
	}
	return nil
}

// end implements sink.
func (c *copier) end() {
	if c.sheet == nil {
		return
	}
	if c.sheet.depth--; c.sheet.depth >= 0 {
		return
	}
	s := c.sheet
	c.sheet = nil
	css := s.css.String()
	if changed := c.units.convert(css, ofSheet, ""); s.from >= 0 && !s.mixed && changed != css && c.keeps(changed, s.expanded) {
		c.out.Truncate(s.from)
		c.piece(escaper.Replace(changed))
	}
}
