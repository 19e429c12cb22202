package origin

import (
	stderrors "errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// Ref names one original: the URL without everything that a dialect
// interprets. It is comparable: equal Refs are the same original.
type Ref struct {
	// Server is the scheme and host, `https://www.example.com[:port]` in
	// lower case, of an original whose whole URL the client named. It is
	// empty for originals of the configured origins.
	Server string

	// Path is the path below the origin's root, percent-encoded, without a
	// leading slash, normalised by RFC 3986 section 6.2.2: hex digits in
	// upper case, unreserved characters not encoded. `//` and `%2F` stay as
	// they are, since some origins distinguish them.
	Path string

	// Query is the client's query without the dialect's parameters, as
	// received and in order, without `?`. Origins without queries ignore it.
	Query string
}

// ErrPath is the cause of ParseRef's errors.
var ErrPath = stderrors.New("not the name of an original")

// ParseRef parses the escaped path and the raw query of a URL.
//
// A path that decodes to a control character, to invalid UTF-8, or to a `.`
// or `..` segment is BadTransform because of ErrPath: origins would interpret
// it in different ways.
func ParseRef(escapedPath, rawQuery string) (Ref, error) {
	escapedPath = strings.TrimLeft(escapedPath, "/")
	if fault := pathFault(escapedPath); fault != "" {
		return Ref{}, errors.New(errors.BadTransform, "The path %s", fault).Because(ErrPath)
	}
	return Ref{Path: normalise(escapedPath), Query: rawQuery}, nil
}

// pathFault returns what is wrong with a path, as a predicate; empty if
// nothing is.
func pathFault(escaped string) string {
	name, err := url.PathUnescape(escaped)
	switch {
	case err != nil:
		return "has a malformed percent-encoding; % must be followed by two hex digits"
	case !utf8.ValidString(name):
		return "is not percent-encoded UTF-8"
	case strings.ContainsFunc(name, isControl):
		return "has a control character"
	}
	for segment := range strings.SplitSeq(name, "/") {
		if segment == "." || segment == ".." {
			return fmt.Sprintf("has a %q segment", segment)
		}
	}
	return ""
}

// Name returns the decoded path, as object stores and file systems use it.
func (r Ref) Name() string {
	name, err := url.PathUnescape(r.Path)
	if err != nil {
		// Only a Ref that ParseRef did not make gets here.
		return r.Path
	}
	return name
}

// longestQuoted limits a name in messages, in bytes.
const longestQuoted = 80

var markup = strings.NewReplacer("<", `\x3c`, ">", `\x3e`, "&", `\x26`)

// Quoted returns the name for a message: quoted, in printable ASCII, without
// markup, and shortened to its end.
func (r Ref) Quoted() string {
	name := []rune(r.Name())
	quoted := func() string { return markup.Replace(strconv.QuoteToASCII(string(name))) }
	short := quoted()
	for len(short) > longestQuoted {
		name = append([]rune("..."), name[max(4, len(name)-longestQuoted):]...)
		short = quoted()
	}
	return short
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

const upperHex = "0123456789ABCDEF"

// normalise normalises a path with well-formed percent-encodings.
func normalise(escaped string) string {
	var b strings.Builder
	b.Grow(len(escaped))
	for i := 0; i < len(escaped); i++ {
		c, encoded := escaped[i], false
		if c == '%' {
			c, encoded = unhex(escaped[i+1])<<4|unhex(escaped[i+2]), true
			i += 2
		}
		if isUnreserved(c) || !encoded && isPathDelimiter(c) {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteByte(upperHex[c>>4])
		b.WriteByte(upperHex[c&15])
	}
	return b.String()
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// isUnreserved implements RFC 3986 section 2.3.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// isPathDelimiter reports whether c may be unescaped in a path besides
// unreserved characters (RFC 3986 section 3.3): `/`, `:`, `@` and the
// sub-delims.
func isPathDelimiter(c byte) bool { return strings.IndexByte("/:@!$&'()*+,;=", c) >= 0 }
