package svg

import (
	"iter"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is the kind of a CSS token (CSS Syntax Module Level 3, section 4).
// Values of attributes are tokenised alike.
type kind byte

const (
	ident    kind = iota // Text
	function             // Text, without its parenthesis
	address              // url(...), Text
	quoted               // Text
	hash                 // Text, without #
	at                   // Text, without @
	number               // Value and Unit
	other                // a character, Text
	space
)

type token struct {
	kind  kind
	text  string
	value float64
	unit  string // lower case; "%" for a percentage
}

// is reports whether a token is the character.
func (t token) is(c string) bool { return t.kind == other && t.text == c }

// names reports whether a token is the word or a function of that name.
func (t token) names(name string) bool {
	return (t.kind == ident || t.kind == function) && strings.EqualFold(t.text, name)
}

// lexer tokenises a style sheet or a value.
type lexer struct{ rest string }

// next returns the next token; ok is false at the end. Comments are skipped.
func (l *lexer) next() (token, bool) {
	l.comments()
	if l.rest == "" {
		return token{}, false
	}
	switch c := l.rest[0]; {
	case isSpace(c) || c == '\f':
		l.rest = strings.TrimLeft(l.rest, " \t\r\n\f")
		return token{kind: space}, true
	case c == '"' || c == '\'':
		return l.quoted(c), true
	case c == '#' && l.isName(1):
		l.rest = l.rest[1:]
		return token{kind: hash, text: l.word()}, true
	case c == '@' && l.isName(1):
		l.rest = l.rest[1:]
		return token{kind: at, text: l.word()}, true
	case l.isNumber():
		return l.number(), true
	case l.isName(0):
		return l.named(), true
	}
	_, size := utf8.DecodeRuneInString(l.rest)
	t := token{kind: other, text: l.rest[:size]}
	l.rest = l.rest[size:]
	return t, true
}

// comments skips comments.
func (l *lexer) comments() {
	for strings.HasPrefix(l.rest, "/*") {
		_, after, _ := strings.Cut(l.rest[2:], "*/")
		l.rest = after
	}
}

// uncommented returns a value with each comment replaced by a space.
func uncommented(value string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(value, "/*")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteByte(' ')
		_, value, _ = strings.Cut(after, "*/")
	}
}

// isName reports whether a name character or an escape is at an offset. It
// does not exclude digits at the start.
func (l *lexer) isName(at int) bool {
	if at >= len(l.rest) {
		return false
	}
	c := l.rest[at]
	return c == '\\' && at+1 < len(l.rest) && l.rest[at+1] != '\n' && l.rest[at+1] != '\r' || c != ':' && c != '.' && isNameByte(c)
}

func (l *lexer) word() string {
	n := 0
	for n < len(l.rest) && l.rest[n] != ':' && l.rest[n] != '.' && isNameByte(l.rest[n]) {
		n++
	}
	if n == len(l.rest) || l.rest[n] != '\\' {
		word := l.rest[:n]
		l.rest = l.rest[n:]
		return word
	}
	var b strings.Builder
	for l.isName(0) {
		if l.rest[0] == '\\' {
			b.WriteRune(l.escape())
			continue
		}
		b.WriteByte(l.rest[0])
		l.rest = l.rest[1:]
	}
	return b.String()
}

// escape reads an escaped character: up to six hex digits and one space, or
// any other character.
func (l *lexer) escape() rune {
	l.rest = l.rest[1:]
	n := 0
	for n < min(len(l.rest), 6) && strings.IndexByte("0123456789abcdefABCDEF", l.rest[n]) >= 0 {
		n++
	}
	if n == 0 {
		r, size := utf8.DecodeRuneInString(l.rest)
		l.rest = l.rest[size:]
		return r
	}
	v, _ := strconv.ParseUint(l.rest[:n], 16, 32)
	l.rest = l.rest[n:]
	if l.rest != "" && isSpace(l.rest[0]) {
		l.rest = l.rest[1:]
	}
	if v == 0 || v > utf8.MaxRune {
		return utf8.RuneError
	}
	return rune(v)
}

func (l *lexer) quoted(quote byte) token {
	l.rest = l.rest[1:]
	var b strings.Builder
	for l.rest != "" {
		n := strings.IndexAny(l.rest, "\\\n\r"+string(quote))
		if n < 0 {
			n = len(l.rest)
		}
		b.WriteString(l.rest[:n])
		if l.rest = l.rest[n:]; l.rest == "" {
			break
		}
		switch c := l.rest[0]; {
		case c == quote:
			l.rest = l.rest[1:]
			return token{kind: quoted, text: b.String()}
		case c == '\n' || c == '\r': // a broken string ends before it
			return token{kind: quoted, text: b.String()}
		case strings.HasPrefix(l.rest, "\\\r\n"):
			l.rest = l.rest[3:]
		case strings.HasPrefix(l.rest, "\\\n"), strings.HasPrefix(l.rest, "\\\r"):
			l.rest = l.rest[2:]
		case len(l.rest) == 1:
			l.rest = ""
		default:
			b.WriteRune(l.escape())
		}
	}
	return token{kind: quoted, text: b.String()}
}

// isNumber reports whether a number is next.
func (l *lexer) isNumber() bool {
	s := l.rest
	if s[0] == '+' || s[0] == '-' {
		s = s[1:]
	}
	s = strings.TrimPrefix(s, ".")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

func (l *lexer) number() token {
	v, n := leadingNumber(l.rest)
	l.rest = l.rest[n:]
	t := token{kind: number, value: v}
	switch {
	case strings.HasPrefix(l.rest, "%"):
		t.unit, l.rest = "%", l.rest[1:]
	case l.isName(0):
		t.unit = strings.ToLower(l.word())
	}
	return t
}

// named reads a word, a function or a URL.
func (l *lexer) named() token {
	word := l.word()
	if !strings.HasPrefix(l.rest, "(") {
		return token{kind: ident, text: word}
	}
	l.rest = l.rest[1:]
	if !strings.EqualFold(word, "url") {
		return token{kind: function, text: word}
	}
	l.rest = strings.TrimLeft(l.rest, " \t\r\n\f")
	if l.rest != "" && (l.rest[0] == '"' || l.rest[0] == '\'') {
		t := l.quoted(l.rest[0])
		for before := -1; before != len(l.rest); l.comments() {
			before = len(l.rest)
			l.rest = strings.TrimLeft(l.rest, " \t\r\n\f")
		}
		if !strings.HasPrefix(l.rest, ")") {
			return token{kind: function, text: word} // with other content than a URL
		}
		l.rest = l.rest[1:]
		return token{kind: address, text: t.text}
	}
	var b strings.Builder
	for l.rest != "" && l.rest[0] != ')' {
		if l.rest[0] == '\\' && len(l.rest) > 1 {
			b.WriteRune(l.escape())
			continue
		}
		b.WriteByte(l.rest[0])
		l.rest = l.rest[1:]
	}
	l.rest = strings.TrimPrefix(l.rest, ")")
	return token{kind: address, text: strings.TrimRight(b.String(), " \t\r\n\f")}
}

// leadingNumber parses the number at the beginning of a text, and returns its
// length. It is approximate, which suffices here; one that is too large is
// infinite.
func leadingNumber(s string) (v float64, n int) {
	negative := false
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		negative = s[n] == '-'
		n++
	}
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		v = v*10 + float64(s[n]-'0')
		n++
	}
	if n < len(s) && s[n] == '.' {
		n++
		for place := 0.1; n < len(s) && s[n] >= '0' && s[n] <= '9'; place /= 10 {
			v += place * float64(s[n]-'0')
			n++
		}
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		exponent, size := wholeNumber(s[n+1:])
		if size > 0 {
			n += 1 + size // otherwise it was a unit
			if v > 0 {
				v *= math.Pow10(exponent)
			}
		}
	}
	if negative {
		v = -v
	}
	return v, n
}

// wholeNumber parses an exponent, up to where the number becomes zero or
// infinite.
func wholeNumber(s string) (v, n int) {
	sign := 1
	if n < len(s) && (s[n] == '+' || s[n] == '-') {
		if s[n] == '-' {
			sign = -1
		}
		n++
	}
	first := n
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		v = min(v*10+int(s[n]-'0'), 1000)
		n++
	}
	if n == first {
		return 0, 0
	}
	return sign * v, n
}

// tokens iterates over the tokens of a text.
func tokens(text string) iter.Seq[token] {
	return func(yield func(token) bool) {
		for l := (lexer{text}); ; {
			if t, ok := l.next(); !ok || !yield(t) {
				return
			}
		}
	}
}

// numbers returns the numbers in a value, without units.
func numbers(value string) []float64 {
	var all []float64
	for t := range tokens(value) {
		if t.kind == number {
			all = append(all, t.value)
		}
	}
	return all
}
