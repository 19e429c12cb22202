package svg

import (
	"slices"
	"strings"
)

// encodings are those in which no byte of a non-ASCII character looks like
// markup. In encodings that are not listed, such as UTF-7 or ISO-2022, text
// may hide markup.
var encodings = []string{
	"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-", "iso8859-", "iso_8859-", "latin1", "windows-125", "cp125", "koi8-r", "koi8-u", "macintosh",
	"gb2312", "gbk", "gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "shift-jis",
}

// encodingOf returns the encoding in an XML declaration, empty if there is
// none.
func encodingOf(declaration string) (string, error) {
	_, value, ok := strings.Cut(declaration, "encoding")
	if !ok {
		return "", nil
	}
	value, ok = strings.CutPrefix(strings.TrimLeft(value, " \t\r\n"), "=")
	value = strings.TrimLeft(value, " \t\r\n")
	if !ok || len(value) < 2 || value[0] != '"' && value[0] != '\'' {
		return "", malformed("its XML declaration has no encoding in quotes")
	}
	value, rest, ok := strings.Cut(value[1:], value[:1])
	if !ok || strings.Contains(rest, "encoding") {
		return "", malformed("its XML declaration has no encoding in quotes")
	}
	known := func(encoding string) bool {
		name := strings.ToLower(value)
		if strings.HasSuffix(encoding, "-") || strings.HasSuffix(encoding, "125") {
			number := strings.TrimPrefix(name, encoding)
			return number != name && number != "" && len(number) <= 2 && strings.Trim(number, "0123456789") == ""
		}
		return name == encoding
	}
	if !slices.ContainsFunc(encodings, known) {
		return "", malformed("its encoding is %s; it takes UTF-8, or another superset of ASCII", shown(value))
	}
	return value, nil
}

// checkInstruction refuses an instruction with a style sheet in a data URL.
// Linked files are never opened.
func checkInstruction(instruction string) error {
	if !strings.HasPrefix(instruction, "xml-stylesheet") {
		return nil
	}
	if strings.ContainsRune(instruction, '&') || isData(instruction) {
		return malformed("an xml-stylesheet instruction embeds a style sheet; it takes a style element")
	}
	return nil
}

// isData reports whether a text contains a data URL. Programs ignore white
// space in URLs.
func isData(text string) bool {
	return strings.Contains(strings.ToLower(withoutSpaces(text)), "data:")
}

func withoutSpaces(text string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, text)
}

// documentType parses a document type after "<!DOCTYPE". It accepts entities
// with replacement text, and declarations without an effect.
func (s *scanner) documentType(doc string) (rest string, err error) {
	for doc != "" {
		switch c := doc[0]; {
		case c == '>':
			return doc[1:], nil
		case c == '"' || c == '\'':
			_, after, ok := strings.Cut(doc[1:], doc[:1])
			if !ok {
				return "", malformed("its document type is not terminated")
			}
			doc = after
		case c == '[':
			if doc, err = s.subset(doc[1:]); err != nil {
				return "", err
			}
		case c == '<' || c == '&' || c == '%' || c == ']':
			return "", malformed("its document type has a misplaced %c", c)
		default:
			doc = doc[1:]
		}
	}
	return "", malformed("its document type is not terminated")
}

// subset parses the declarations in a document type, and returns the text
// after the closing bracket.
func (s *scanner) subset(doc string) (rest string, err error) {
	for {
		doc = strings.TrimLeft(doc, " \t\r\n")
		var ok bool
		switch {
		case strings.HasPrefix(doc, "]"):
			return doc[1:], nil
		case strings.HasPrefix(doc, "<!--"):
			_, doc, ok = strings.Cut(doc[len("<!--"):], "-->")
		case strings.HasPrefix(doc, "<?"):
			var instruction string
			instruction, doc, ok = strings.Cut(doc[len("<?"):], "?>")
			if err := checkInstruction(instruction); err != nil {
				return "", err
			}
		case strings.HasPrefix(doc, "<!ENTITY"):
			doc, ok, err = s.entity(doc[len("<!ENTITY"):])
		case strings.HasPrefix(doc, "<!ATTLIST"):
			doc, ok, err = attributeList(doc[len("<!ATTLIST"):])
		case strings.HasPrefix(doc, "<!ELEMENT"):
			var declaration string
			declaration, doc, ok = strings.Cut(doc[len("<!ELEMENT"):], ">")
			ok = ok && !strings.ContainsAny(declaration, "<%\"'")
		}
		if err != nil {
			return "", err
		}
		if !ok {
			return "", malformed("its document type has an unsupported declaration; it takes entities with replacement text")
		}
	}
}

// entity parses a declaration of an entity: its name and its quoted value.
func (s *scanner) entity(doc string) (rest string, ok bool, err error) {
	if doc == "" || !isSpace(doc[0]) {
		return "", false, nil
	}
	name, doc, err := name(strings.TrimLeft(doc, " \t\r\n"))
	if err != nil || doc == "" || !isSpace(doc[0]) {
		return "", false, nil // in particular a parameter entity
	}
	doc = strings.TrimLeft(doc, " \t\r\n")
	if doc == "" || doc[0] != '"' && doc[0] != '\'' {
		return "", false, nil // an external one
	}
	value, doc, ok := strings.Cut(doc[1:], doc[:1])
	if !ok || strings.ContainsRune(value, '%') {
		return "", false, nil
	}
	doc, ok = strings.CutPrefix(strings.TrimLeft(doc, " \t\r\n"), ">")
	if !ok {
		return "", false, nil
	}
	if _, again := s.entities[name]; again {
		return "", false, malformed("it declares the entity %s twice", shown(name))
	}
	if s.entities[name], err = withCharacters(value); err != nil {
		return "", false, err
	}
	return doc, true, nil
}

// withCharacters replaces character references in the value of an entity, as
// happens on declaration. Others are replaced on use.
func withCharacters(value string) (string, error) {
	if !strings.Contains(value, "&#") {
		return value, nil
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(value, "&#")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		number, rest, ok := strings.Cut(after, ";")
		r, valid := character(number)
		if !ok || !valid {
			return "", malformed("an entity has an invalid character reference")
		}
		b.WriteRune(r)
		value = rest
	}
}

// attributeList parses a declaration of attributes. Default values are
// accepted only for namespace declarations, which do not matter here: libxml2
// adds them to each element.
func attributeList(doc string) (rest string, ok bool, err error) {
	defaults := malformed("its document type gives attributes default values, which is not supported")
	_, doc, err = name(strings.TrimLeft(doc, " \t\r\n"))
	for err == nil {
		doc = strings.TrimLeft(doc, " \t\r\n")
		if strings.HasPrefix(doc, ">") {
			return doc[1:], true, nil
		}
		var attribute string
		if attribute, doc, err = name(doc); err != nil {
			break
		}
		doc = strings.TrimLeft(doc, " \t\r\n")
		if doc, ok = afterType(doc); !ok {
			return "", false, nil
		}
		if rest, implied := strings.CutPrefix(doc, "#IMPLIED"); implied {
			doc = rest
			continue
		}
		if rest, required := strings.CutPrefix(doc, "#REQUIRED"); required {
			doc = rest
			continue
		}
		doc = strings.TrimLeft(strings.TrimPrefix(doc, "#FIXED"), " \t\r\n")
		if doc == "" || doc[0] != '"' && doc[0] != '\'' {
			return "", false, nil
		}
		if attribute != "xmlns" && !strings.HasPrefix(attribute, "xmlns:") {
			return "", false, defaults
		}
		var quoted bool
		if _, doc, quoted = strings.Cut(doc[1:], doc[:1]); !quoted {
			return "", false, nil
		}
	}
	return "", false, nil
}

// afterType returns the text after the type of an attribute: a word, words in
// parentheses, or both.
func afterType(doc string) (rest string, ok bool) {
	doc = strings.TrimPrefix(doc, "NOTATION")
	doc = strings.TrimLeft(doc, " \t\r\n")
	end := ")"
	if !strings.HasPrefix(doc, "(") {
		end = " \t\r\n"
	}
	n := strings.IndexAny(doc, end)
	if n < 0 || strings.ContainsAny(doc[:n], "<>%\"'&") {
		return "", false
	}
	return strings.TrimLeft(doc[n+1:], " \t\r\n"), true
}
