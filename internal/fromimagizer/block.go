package fromimagizer

import (
	"strconv"
	"strings"
)

// block is a list of lines of a Caddyfile. Caddy's formatter indents them
// later.
type block struct{ lines []string }

// add adds an option with its arguments.
func (b *block) add(option string, arguments ...string) {
	line := option
	for _, a := range arguments {
		line += " " + token(a)
	}
	b.lines = append(b.lines, line)
}

// open adds a line that opens a block, close one that closes it.
func (b *block) open(option string, arguments ...string) {
	b.add(option, arguments...)
	b.lines[len(b.lines)-1] += " {"
}

func (b *block) close() { b.lines = append(b.lines, "}") }

// nest adds a block, or only its first line if the block is empty.
func (b *block) nest(inner block, option string, arguments ...string) {
	if len(inner.lines) == 0 {
		b.add(option, arguments...)
		return
	}
	b.open(option, arguments...)
	b.lines = append(b.lines, inner.lines...)
	b.close()
}

// lineLength is the approximate width of comments.
const lineLength = 100

// note adds a comment. Outside input in it is quoted already, so it has no
// line breaks.
func (b *block) note(text string) {
	text = strings.ReplaceAll(text, "{$", "{ $") // Caddy replaces it in comments, too
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

// token returns a text as one token of a Caddyfile. The text must not be
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

// hasSpace reports whether a text would be split into tokens.
func hasSpace(text string) bool {
	return len(strings.Fields(text)) != 1 || strings.TrimSpace(text) != text
}

// literal escapes placeholders in a text for an option that replaces them.
func literal(text string) string { return strings.ReplaceAll(text, "{", `\{`) }

// quoteKey returns a key for a message: plain if it looks like a key, else
// quoted.
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
