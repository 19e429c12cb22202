package fromimagizer

import (
	"strconv"
	"strings"
)

// block is lines of a Caddyfile. They are indented later, by its formatter.
type block struct{ lines []string }

// add adds an option with its arguments.
func (b *block) add(option string, arguments ...string) {
	line := option
	for _, a := range arguments {
		line += " " + token(a)
	}
	b.lines = append(b.lines, line)
}

// open adds what a block follows, close what ends it.
func (b *block) open(option string, arguments ...string) {
	b.add(option, arguments...)
	b.lines[len(b.lines)-1] += " {"
}

func (b *block) close() { b.lines = append(b.lines, "}") }

// nest adds a block, or only what it would follow where it is empty.
func (b *block) nest(inner block, option string, arguments ...string) {
	if len(inner.lines) == 0 {
		b.add(option, arguments...)
		return
	}
	b.open(option, arguments...)
	b.lines = append(b.lines, inner.lines...)
	b.close()
}

// lineLength is about how long comments are.
const lineLength = 100

// note adds a comment. What came from outside is quoted in it already, so that it
// has no line breaks.
func (b *block) note(text string) {
	text = strings.ReplaceAll(text, "{$", "{ $") // which is replaced in comments, too
	line := "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+len(word) > lineLength && line != "#" {
			b.lines = append(b.lines, line)
			line = "#"
		}
		line += " " + word
	}
	b.lines = append(b.lines, line)
}

// token returns a text as one word of a Caddyfile. The text is not
// unwritable.
func token(text string) string {
	switch {
	case text != "" && !strings.ContainsAny(text, " \"`#{}\\<\u0085\u00a0") && !hasSpace(text):
		return text
	case !strings.ContainsAny(text, "\"\\"):
		return `"` + text + `"`
	case !strings.Contains(text, "`"):
		return "`" + text + "`"
	}
	return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"`
}

// hasSpace reports whether a text would be split.
func hasSpace(text string) bool {
	return len(strings.Fields(text)) != 1 || strings.TrimSpace(text) != text
}

// literal returns a text for an option in which Caddy replaces placeholders,
// and that has none.
func literal(text string) string { return strings.ReplaceAll(text, "{", `\{`) }

// quoteKey returns a key in a message: as it is, if it looks like one.
func quoteKey(key string) string {
	plain := len(key) <= longestShown && key != "" && strings.Trim(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") == ""
	if plain {
		return key
	}
	if len(key) > longestShown {
		key = strings.ToValidUTF8(key[:longestShown], "") + "…"
	}
	return strconv.QuoteToASCII(key)
}
