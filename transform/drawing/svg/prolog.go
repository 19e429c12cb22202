package svg

import (
	"slices"
	"strings"
)

// encodings are those in which no byte of a character beyond ASCII looks like markup.
// What begins otherwise is one that is not in the list, such as UTF-7 or ISO-2022,
// where markup hides in what looks like text.
var encodings = []string{
	"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-", "iso8859-", "iso_8859-", "latin1", "windows-125", "cp125", "koi8-r", "koi8-u", "macintosh",
	"gb2312", "gbk", "gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "shift-jis",
}

// encodingOf reads an XML declaration: the name of the encoding, empty for none.
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
		return "", malformed("its encoding is %s; it takes UTF-8, or one that ASCII is part of", shown(value))
	}
	return value, nil
}

// checkInstruction refuses an instruction that names a style sheet which is in the
// file itself, as a data URL. Others name files, none of which is opened.
func checkInstruction(instruction string) error {
	if !strings.HasPrefix(instruction, "xml-stylesheet") {
		return nil
	}
	if strings.ContainsRune(instruction, '&') || isData(instruction) {
		return malformed("an xml-stylesheet instruction has a style sheet in it; it takes a style element")
	}
	return nil
}

// isData reports whether there is a data URL in a text. Programs leave out white space
// when they read a URL.
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

// documentType reads a document type, behind "<!DOCTYPE". Of what it can declare,
// entities that stand for text are taken, and what changes nothing.
func (s *scanner) documentType(doc string) (rest string, err error) {
	for doc != "" {
		switch c := doc[0]; {
		case c == '>':
			return doc[1:], nil
		case c == '"' || c == '\'':
			_, after, ok := strings.Cut(doc[1:], doc[:1])
			if !ok {
				return "", malformed("its document type does not end")
			}
			doc = after
		case c == '[':
			if doc, err = s.subset(doc[1:]); err != nil {
				return "", err
			}
		case c == '<' || c == '&' || c == '%' || c == ']':
			return "", malformed("its document type has a %c where none can be", c)
		default:
			doc = doc[1:]
		}
	}
	return "", malformed("its document type does not end")
}

// subset reads the declarations in a document type, and returns what follows the
// bracket that ends them.
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
			return "", malformed("its document type has a declaration that is not taken; it takes entities that stand for text")
		}
	}
}

// entity reads a declaration of an entity: its name, and in quotes what it stands for.
func (s *scanner) entity(doc string) (rest string, ok bool, err error) {
	if doc == "" || !isSpace(doc[0]) {
		return "", false, nil
	}
	name, doc, err := name(strings.TrimLeft(doc, " \t\r\n"))
	if err != nil || doc == "" || !isSpace(doc[0]) {
		return "", false, nil // a parameter entity above all
	}
	doc = strings.TrimLeft(doc, " \t\r\n")
	if doc == "" || doc[0] != '"' && doc[0] != '\'' {
		return "", false, nil // one in another file, or data
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

// withCharacters replaces the references to characters in the value of an entity, which
// happens when it is declared. Others are replaced where it is used.
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
			return "", malformed("an entity has a reference to no character")
		}
		b.WriteRune(r)
		value = rest
	}
}

// attributeList reads a declaration of attributes. Those with a default value may only be
// names of namespaces, of which none matters here: libxml2 gives them to each element.
func attributeList(doc string) (rest string, ok bool, err error) {
	defaults := malformed("its document type gives attributes default values, which is not taken")
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

// afterType returns what follows the type of an attribute: a word, words in
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
