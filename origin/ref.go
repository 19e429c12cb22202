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

// Ref names one original, as a URL names it once everything that a dialect
// understands has been taken out. It is comparable: equal Refs are the same
// original.
type Ref struct {
	// Server is the scheme and host, `https://www.example.com[:port]` in lower
	// case, of an original whose whole URL the client named. It is empty for one
	// that the configured origins have.
	Server string

	// Path is the path below the origin's root, percent-encoded, without a
	// leading slash, normalised as RFC 3986 section 6.2.2 tells: hex digits in
	// upper case, unreserved characters plain. `//` and `%2F` stay as they are,
	// for to some origins they are other names.
	Path string

	// Query is what the client's query held beside the dialect's own
	// parameters, as received, in its order, without `?`. Origins without
	// queries leave it alone.
	Query string
}

// ErrPath is the cause of ParseRef's errors.
var ErrPath = stderrors.New("no name of an original")

// ParseRef reads a Ref from the escaped path and the raw query of a URL.
//
// A path that decodes to a control character, to invalid UTF-8 or to a `.` or
// `..` segment is refused as BadTransform, because of ErrPath: each origin would
// understand it in its own way.
func ParseRef(escapedPath, rawQuery string) (Ref, error) {
	escapedPath = strings.TrimLeft(escapedPath, "/")
	if fault := pathFault(escapedPath); fault != "" {
		return Ref{}, errors.New(errors.BadTransform, "The path %s", fault).Because(ErrPath)
	}
	return Ref{Path: normalise(escapedPath), Query: rawQuery}, nil
}

// pathFault says what is wrong with a path, as what follows "the path"; nothing
// if it is empty.
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

// Name returns the path decoded once, as object stores and file systems name
// things.
func (r Ref) Name() string {
	name, err := url.PathUnescape(r.Path)
	if err != nil {
		// Only a Ref that ParseRef did not make gets here.
		return r.Path
	}
	return name
}

// longestQuoted is how much of a name a message shows, in bytes.
const longestQuoted = 80

var markup = strings.NewReplacer("<", `\x3c`, ">", `\x3e`, "&", `\x26`)

// Quoted returns the name as it may stand in a message: quoted, in printable
// ASCII, without markup, and of something long only the end.
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

// normalise takes a path whose percent-encodings are well-formed.
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

// isUnreserved is RFC 3986 section 2.3.
func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

// isPathDelimiter returns what RFC 3986 section 3.3 allows plain in a path
// beside the unreserved: `/`, `:`, `@` and the sub-delims.
func isPathDelimiter(c byte) bool { return strings.IndexByte("/:@!$&'()*+,;=", c) >= 0 }
