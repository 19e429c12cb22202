package svg

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// attribute is an attribute with its entities replaced. Name has no prefix,
// which is in Prefix.
type attribute struct {
	Prefix, Name, Value string

	span span // the whole attribute in its tag
	raw  span // the text between its quotes
}

// span is a part of a text.
type span struct{ from, to int }

func (s span) of(text string) string { return text[s.from:s.to] }

// sink receives what a scanner reads.
type sink interface {
	start(name string, attributes []attribute) error
	end()
	text(string) error
}

// scanner reads XML like libxml2, or refuses it. Violations that do not
// affect structure, such as repeated attributes, are ignored: libxml2 refuses
// those itself.
type scanner struct {
	sink
	entities   map[string]string
	expanded   int
	open       []string // names of the open elements
	elements   int
	attributes []attribute
	declared   bool // after a document type
	rooted     bool // the root element began
	coding     coding
	copy       *copier // of the input; nil if none is needed
}

func malformed(what string, values ...any) error {
	return errors.New(errors.BadImage, "The SVG cannot be read: "+what, values...)
}

func exceeds(what string, values ...any) error {
	return errors.New(errors.Limit, "The SVG "+what, values...)
}

// scan reads a whole file.
func scan(file []byte, to sink) error {
	s := scanner{sink: to, entities: map[string]string{}}
	return s.file(file)
}

func (s *scanner) file(whole []byte) error {
	file := bytes.TrimPrefix(whole, []byte("\xef\xbb\xbf"))
	for _, c := range file {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return malformed("it has the control character %#02x; it takes UTF-8, or another superset of ASCII", c)
		}
	}
	doc := string(file)
	if rest, ok := strings.CutPrefix(doc, "<?xml"); ok && rest != "" && isSpace(rest[0]) {
		declaration, after, ok := strings.Cut(rest, "?>")
		if !ok {
			return malformed("its XML declaration is not terminated")
		}
		name, err := encodingOf(declaration)
		if err != nil {
			return err
		}
		s.coding = codingOf(name)
		s.copy.encoded(s.coding)
		doc = after
	}
	s.copy.piece(string(whole[:len(whole)-len(doc)]))
	if err := s.content(doc, 0); err != nil {
		return err
	}
	if len(s.open) > 0 || !s.rooted {
		return malformed("it ends before its elements do")
	}
	return nil
}

// content reads markup: the file, or the text of an entity, which must
// consist of whole elements.
func (s *scanner) content(doc string, depth int) error {
	base := len(s.open)
	for doc != "" {
		n := strings.IndexAny(doc, "<&")
		if n < 0 {
			n = len(doc)
		}
		if n > 0 {
			if err := s.characters(doc[:n]); err != nil {
				return err
			}
			s.copy.piece(doc[:n])
			doc = doc[n:]
			continue
		}
		var err error
		before := doc
		if doc[0] == '&' {
			doc, err = s.reference(doc, depth)
		} else {
			doc, err = s.markup(doc, base, depth)
		}
		if err != nil {
			return err
		}
		s.copy.piece(before[:len(before)-len(doc)])
	}
	if len(s.open) != base {
		return malformed("an element is not closed")
	}
	return nil
}

func (s *scanner) characters(text string) error {
	if len(s.open) == 0 {
		if strings.Trim(text, " \t\r\n") != "" {
			return malformed("there is text outside of its root element")
		}
		return nil
	}
	return s.text(text)
}

// markup reads markup that begins with "<".
func (s *scanner) markup(doc string, base, depth int) (rest string, err error) {
	switch {
	case strings.HasPrefix(doc, "<!--"):
		_, rest, ok := strings.Cut(doc[len("<!--"):], "-->")
		if !ok {
			return "", malformed("a comment is not terminated")
		}
		return rest, nil
	case strings.HasPrefix(doc, "<![CDATA["):
		text, rest, ok := strings.Cut(doc[len("<![CDATA["):], "]]>")
		if !ok || len(s.open) == 0 {
			return "", malformed("a CDATA section is not terminated, or is outside of the root element")
		}
		return rest, s.text(text)
	case strings.HasPrefix(doc, "<?"):
		instruction, rest, ok := strings.Cut(doc[len("<?"):], "?>")
		if !ok {
			return "", malformed("a processing instruction is not terminated")
		}
		return rest, checkInstruction(instruction)
	case strings.HasPrefix(doc, "<!DOCTYPE"):
		if s.declared || s.rooted || depth > 0 {
			return "", malformed("it has a misplaced document type")
		}
		s.declared = true
		return s.documentType(doc[len("<!DOCTYPE"):])
	case strings.HasPrefix(doc, "</"):
		end := strings.IndexByte(doc, '>')
		if end < 0 || len(s.open) == base {
			return "", malformed("an end tag has no start tag")
		}
		name := strings.TrimRight(doc[len("</"):end], " \t\r\n")
		if name != s.open[len(s.open)-1] {
			return "", malformed("<%s> is closed by </%s>", shown(s.open[len(s.open)-1]), shown(name))
		}
		s.open = s.open[:len(s.open)-1]
		s.end()
		return doc[end+1:], nil
	}
	return s.element(doc[1:])
}

// element reads a start tag after its "<".
func (s *scanner) element(doc string) (rest string, err error) {
	tag := doc
	full, doc, err := name(doc)
	if err != nil {
		return "", err
	}
	if s.rooted && len(s.open) == 0 {
		return "", malformed("it has two root elements")
	}
	s.rooted = true
	if s.elements++; s.elements > mostElements {
		return "", exceeds("has more than %d elements", mostElements)
	}
	s.attributes = s.attributes[:0]
	for {
		doc = strings.TrimLeft(doc, " \t\r\n")
		switch {
		case strings.HasPrefix(doc, "/>"):
			if len(s.open) >= mostNested {
				return "", exceeds("has elements nested deeper than %d", mostNested)
			}
			s.copy.tag(tag[:len(tag)-len(doc)+2], full, s.attributes)
			if err := s.start(local(full), s.attributes); err != nil {
				return "", err
			}
			s.end()
			return doc[2:], nil
		case strings.HasPrefix(doc, ">"):
			if s.open = append(s.open, full); len(s.open) > mostNested {
				return "", exceeds("has elements nested deeper than %d", mostNested)
			}
			s.copy.tag(tag[:len(tag)-len(doc)+1], full, s.attributes)
			return doc[1:], s.start(local(full), s.attributes)
		}
		var a attribute
		before := doc
		if a, doc, err = s.attribute(doc); err != nil {
			return "", err
		}
		a.span = span{len(tag) - len(before), len(tag) - len(doc)}
		a.raw = span{a.span.from + strings.IndexAny(before, "\"'") + 1, a.span.to - 1}
		if s.attributes = append(s.attributes, a); len(s.attributes) > mostAttributes {
			return "", exceeds("has an element with more than %d attributes", mostAttributes)
		}
	}
}

func (s *scanner) attribute(doc string) (a attribute, rest string, err error) {
	full, doc, err := name(doc)
	if err != nil {
		return a, "", err
	}
	doc, ok := strings.CutPrefix(strings.TrimLeft(doc, " \t\r\n"), "=")
	doc = strings.TrimLeft(doc, " \t\r\n")
	if !ok || doc == "" || doc[0] != '"' && doc[0] != '\'' {
		return a, "", malformed("the attribute %s has no value in quotes", shown(full))
	}
	value, rest, ok := strings.Cut(doc[1:], doc[:1])
	if !ok {
		return a, "", malformed("the value of the attribute %s is not terminated", shown(full))
	}
	if value, err = s.value(value, 0); err != nil {
		return a, "", err
	}
	a.Prefix, a.Name, ok = strings.Cut(full, ":")
	if !ok {
		a.Prefix, a.Name = "", full
	}
	a.Value = value
	return a, rest, nil
}

// spaces normalises white space in an attribute's value (XML 1.0, section
// 3.3.3).
var spaces = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

// value replaces the references in an attribute's value.
func (s *scanner) value(value string, depth int) (string, error) {
	if strings.IndexByte(value, '<') >= 0 {
		return "", malformed("the value of an attribute has a < in it")
	}
	value = spaces.Replace(value)
	if strings.IndexByte(value, '&') < 0 {
		return value, nil
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(value, "&")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		text, entity, rest, err := s.named(after, depth)
		if err != nil {
			return "", err
		}
		if entity {
			if text, err = s.value(text, depth+1); err != nil {
				return "", err
			}
		}
		b.WriteString(text)
		value = rest
	}
}

// reference reads a reference in content, which may expand to elements.
func (s *scanner) reference(doc string, depth int) (rest string, err error) {
	s.copy.refers()
	text, entity, rest, err := s.named(doc[1:], depth)
	if err != nil {
		return "", err
	}
	if len(s.open) == 0 {
		return "", malformed("there is text outside of its root element")
	}
	if entity {
		s.copy.enter()
		err := s.content(text, depth+1)
		s.copy.leave(text)
		return rest, err
	}
	return rest, s.text(text)
}

// named returns the text of a reference after its "&"; entity is true if it
// is a declared entity, whose text may contain references.
func (s *scanner) named(doc string, depth int) (text string, entity bool, rest string, err error) {
	end := strings.IndexByte(doc[:min(len(doc), mostName)], ';')
	if end < 1 {
		return "", false, "", malformed("a & is not followed by a name")
	}
	word, rest := doc[:end], doc[end+1:]
	if number, ok := strings.CutPrefix(word, "#"); ok {
		r, ok := character(number)
		if !ok {
			return "", false, "", malformed("&%s; is not a character", shown(word))
		}
		return string(r), false, rest, nil
	}
	if text, ok := predefined[word]; ok {
		return text, false, rest, nil
	}
	text, ok := s.entities[word]
	if !ok {
		return "", false, "", malformed("the entity %s is not declared", shown(word))
	}
	if depth >= mostEntityDepth {
		return "", false, "", exceeds("has entities nested deeper than %d", mostEntityDepth)
	}
	if s.expanded += len(text) + len(word); s.expanded > mostExpanded {
		return "", false, "", exceeds("has entities that expand to more than %d bytes in all", mostExpanded)
	}
	return text, true, rest, nil
}

var predefined = map[string]string{"lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"}

// character parses the number of a character reference after its "#".
func character(number string) (rune, bool) {
	base := rune(10)
	if hex, ok := strings.CutPrefix(number, "x"); ok {
		number, base = hex, 16
	}
	if number == "" {
		return 0, false
	}
	var r rune
	for _, c := range []byte(number) {
		var digit rune
		switch {
		case c >= '0' && c <= '9':
			digit = rune(c - '0')
		case base == 16 && (c|0x20) >= 'a' && (c|0x20) <= 'f':
			digit = rune(c|0x20-'a') + 10
		default:
			return 0, false
		}
		if r = r*base + digit; r > utf8.MaxRune {
			return 0, false
		}
	}
	return r, r != 0 && utf8.ValidRune(r)
}

// name reads a name. Which non-ASCII characters it has does not matter.
func name(doc string) (name, rest string, err error) {
	n := 0
	for n < len(doc) && isNameByte(doc[n]) {
		n++
	}
	if n == 0 || doc[0] == '-' || doc[0] == '.' || doc[0] >= '0' && doc[0] <= '9' {
		return "", "", malformed("a name is missing")
	}
	if n > mostName {
		return "", "", exceeds("has a name of more than %d bytes", mostName)
	}
	return doc[:n], doc[n:], nil
}

func isNameByte(c byte) bool {
	return c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == ':' || c == '-' || c == '.'
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// local returns a name without its namespace prefix.
func local(name string) string {
	if colon := strings.IndexByte(name, ':'); colon >= 0 {
		return name[colon+1:]
	}
	return name
}

// shown returns a word of the file for a message.
func shown(word string) string {
	const longest = 40
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, word[:min(len(word), longest)])
	if len(word) > longest {
		clean += "..."
	}
	return clean
}
