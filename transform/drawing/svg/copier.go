package svg

import (
	"bytes"
	"strings"
)

// copier copies a file while it is scanned, byte for byte except for the lengths in
// it. The methods of a nil copier do nothing.
type copier struct {
	units  units
	coding coding

	out     *bytes.Buffer
	outer   []*bytes.Buffer // of what refers to the entity that is read
	instead *string         // of the next piece
	most    int             // bytes
	written int             // without those of outer

	root  *tag // nil before it
	sheet *sheetText
}

// tag is the start tag of the root element: its name, with prefix, and what follows it,
// without the attributes of sizing.
type tag struct {
	name, rest string
	style      string // as it is written
	at         int    // where it belongs in the copy
}

// sheetText is a style element that is open.
type sheetText struct {
	css      strings.Builder
	from     int  // where its contents begin in the copy; negative before that is known
	depth    int  // of elements in it
	mixed    bool // there are some
	expanded bool // there are references in it
}

// coding says how the bytes of a file are to be understood that are not ASCII.
type coding byte

const (
	inUTF8   coding = iota
	inBytes         // one for each character
	inOthers        // several, of which some look like ASCII
)

// encoded tells the file's encoding.
func (c *copier) encoded(as coding) {
	if c != nil {
		c.coding = as
	}
}

// codingOf returns how a file is encoded, by its name in the XML declaration.
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

// check refuses a text of CSS in which half of a character looks like what ends a block,
// or like a backslash: to a library it is neither.
func (c *coding) check(text string) error {
	if *c != inOthers {
		return nil
	}
	for i := 1; i < len(text); i++ {
		if text[i-1] >= 0x80 && strings.IndexByte(`\{}[]`, text[i]) >= 0 {
			return malformed("a style in it has characters that its encoding makes look like brackets; it takes UTF-8")
		}
	}
	return nil
}

// keeps reports whether a text of which something was replaced can be written. Beyond
// UTF-8 characters that came by reference cannot, and in some encodings half of a
// character may look like a letter.
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

// piece copies what was read, or writes what stands for it.
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
	if c.sheet != nil && c.sheet.from < 0 { // this was its start tag
		c.sheet.from = c.out.Len()
	}
}

// tag copies a start tag, behind its "<".
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

// sizing are the attributes of the root element that are written anew.
var sizing = map[string]bool{"width": true, "height": true, "viewBox": true, "preserveAspectRatio": true, "style": true, "font-size": true}

// escaper makes text of a value, as it stands in an attribute or an element.
var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// spaceEscaper keeps what else would be a space in an attribute.
var spaceEscaper = strings.NewReplacer("\t", "&#9;", "\n", "&#10;", "\r", "&#13;")

// refers notes a reference in content.
func (c *copier) refers() {
	if c != nil && c.sheet != nil {
		c.sheet.expanded = true
	}
}

// enter begins the copy of what an entity stands for.
func (c *copier) enter() {
	if c == nil {
		return
	}
	c.outer, c.out = append(c.outer, c.out), &bytes.Buffer{}
}

// leave ends it. Where something of that is replaced, all of it stands in the place of
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
