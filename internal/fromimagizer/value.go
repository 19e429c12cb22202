package fromimagizer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// read reads the value of a key, which takes just what kind says. A secret does
// not get into the error.
func read[T any](m member, into *T, kind string) error {
	if m.value[0] != 'n' && json.Unmarshal(m.value, into) == nil { // null would be read as nothing
		return nil
	}
	return m.wrong(kind)
}

func (m member) wrong(kind string) error {
	if secretive[m.key] {
		return fmt.Errorf("%s is something else than what it takes: %s", m.key, kind)
	}
	return fmt.Errorf("%s is %s; it takes %s", m.key, short(m.value), kind)
}

// secretive are the keys whose values nobody should see.
var secretive = map[string]bool{"accessControl": true, "awsAuthorization": true, "backend": true}

// longestShown is how much of a value messages show, in bytes.
const longestShown = 60

// short returns a value as messages show it.
func short(value json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return "no JSON"
	}
	text := b.String()
	if len(text) > longestShown {
		text = strings.ToValidUTF8(text[:longestShown], "") + "…"
	}
	return text
}

func readBool(m member, to **bool) error {
	*to = new(bool)
	return read(m, *to, "true or false")
}

// readList reads texts. A list that is there and empty is not nil.
func readList(m member, to *[]string) error {
	var values []*string
	const kind = `an array of texts, such as ["a", "b"]`
	if err := read(m, &values, kind); err != nil {
		return err
	}
	list := make([]string, 0, len(values))
	for _, v := range values {
		if v == nil {
			return m.wrong(kind)
		}
		if fault := unwritable(*v); fault != "" {
			return fmt.Errorf("%s has %s, which %s", m.key, strconv.Quote(*v), fault)
		}
		list = append(list, *v)
	}
	*to = list
	return nil
}

// longest is the most that the options for times take.
const longest = time.Hour

// readSeconds reads a number of seconds.
func readSeconds(m member, to *time.Duration) error {
	var seconds float64
	const kind = "a number of seconds above 0 and up to 3600"
	if err := read(m, &seconds, kind); err != nil {
		return err
	}
	*to = time.Duration(seconds * float64(time.Second))
	if seconds > longest.Seconds() || *to <= 0 {
		return m.wrong(kind)
	}
	return nil
}

// unwritable says why a text cannot stand in a Caddyfile; nothing if it can.
func unwritable(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "is no UTF-8"
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfeff }):
		return "has a control character"
	case text == "{" || text == "}":
		return "begins or ends a block there"
	case strings.Contains(text, "{$"):
		return "has {$, with which a Caddyfile names a variable of the environment"
	case endsEscaped(text):
		return "ends in a backslash, after which caddy fmt does not see the end of a text"
	case strings.Contains(text, "`") && (strings.Contains(text, `\"`) || strings.HasSuffix(text, `\`)):
		return "has quotes that no Caddyfile can have together"
	}
	return ""
}

// endsEscaped tells whether a text ends in a backslash that is not the second of two.
// The formatter of Caddyfiles, unlike their parser, takes it for an escape of the quote
// behind it, and what follows for something else than it is.
func endsEscaped(text string) bool {
	return (len(text)-len(strings.TrimRight(text, `\`)))%2 == 1
}
