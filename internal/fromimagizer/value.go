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

// read reads the value of a key, described by kind. The error does not show a
// secret.
func read[T any](m member, into *T, kind string) error {
	if m.value[0] != 'n' && json.Unmarshal(m.value, into) == nil { // null would leave it unset
		return nil
	}
	return m.wrong(kind)
}

func (m member) wrong(kind string) error {
	if secretive[m.key] {
		return fmt.Errorf("%s has the wrong type; it takes %s", m.key, kind)
	}
	return fmt.Errorf("%s is %s; it takes %s", m.key, short(m.value), kind)
}

// secretive are the keys whose values must not be shown.
var secretive = map[string]bool{"accessControl": true, "awsAuthorization": true, "backend": true}

// longestShown limits a value in messages, in bytes.
const longestShown = 60

// short returns a value for a message.
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

// readList reads strings. A list that is present and empty is not nil.
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

// longest is the maximum of the timeout options.
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

// unwritable returns why a text cannot be in a Caddyfile; empty if it can.
func unwritable(text string) string {
	switch {
	case !utf8.ValidString(text):
		return "is not valid UTF-8"
	case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfeff }):
		return "has a control character"
	case text == "{" || text == "}":
		return "begins or ends a block there"
	case strings.Contains(text, "{$"):
		return "has {$, which begins an environment variable in a Caddyfile"
	case endsEscaped(text):
		return "ends in a backslash, which hides the closing quote from caddy fmt"
	case strings.Contains(text, "`") && (strings.Contains(text, `\"`) || strings.HasSuffix(text, `\`)):
		return "has a combination of quotes that a Caddyfile cannot express"
	}
	return ""
}

// endsEscaped reports whether a text ends in an odd number of backslashes.
// The formatter of Caddyfiles, unlike their parser, takes the last one as an
// escape of the following quote, and misreads the rest.
func endsEscaped(text string) bool {
	return (len(text)-len(strings.TrimRight(text, `\`)))%2 == 1
}
