// Package endpoint is about the path below which a dialect's URLs are.
package endpoint

import (
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// Endpoint is a path without a trailing slash; the zero value matches every
// path.
type Endpoint string

// Parse parses an endpoint from a configuration: letters, digits, hyphens,
// underscores and slashes, with a slash at the beginning and perhaps one at
// the end.
func Parse(text string) (Endpoint, error) {
	if text == "" || text == "/" {
		return "", nil
	}
	if text[0] != '/' {
		return "", fmt.Errorf("endpoint %q does not begin with a slash", text)
	}
	e := strings.TrimSuffix(text, "/")
	for segment := range strings.SplitSeq(e[1:], "/") {
		if segment == "" {
			return "", fmt.Errorf("endpoint %q has two slashes in a row", text)
		}
		const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
		if strings.Trim(segment, plain) != "" {
			return "", fmt.Errorf("endpoint %q has a character other than letters, digits, hyphens, underscores and slashes", text)
		}
	}
	return Endpoint(e), nil
}

// Below returns the part of an escaped path after the endpoint and the
// slashes that follow it; ok is false for a path that is not below it.
//
// A path that is below it only after cleaning, /x/../shop, is refused because
// of origin.ErrPath: it must not reach the next handlers unchecked.
func (e Endpoint) Below(escapedPath string) (rest string, ok bool, err error) {
	rest, ok = e.Behind(escapedPath)
	if !ok && e.isHidden(escapedPath) {
		return "", true, errors.New(errors.BadTransform, "The path is below %s only after cleaning; empty, \".\" and \"..\" segments are not allowed before that", e).Because(origin.ErrPath)
	}
	return strings.TrimLeft(rest, "/"), ok, nil
}

// Behind returns the part of a path after the endpoint and one slash. Only
// whole segments match: /shop is not the endpoint of /shopping.
// Percent-encoded letters match plain ones (RFC 3986 section 6.2.2.2).
func (e Endpoint) Behind(escapedPath string) (string, bool) {
	rest := escapedPath
	for i := range len(e) {
		c, n := firstByte(rest)
		if c != e[i] || c == '/' && n > 1 {
			return "", false
		}
		rest = rest[n:]
	}
	if rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimPrefix(rest, "/"), true
}

// isHidden reports whether a path that does not begin with the endpoint is
// below it after cleaning, as done by file servers: //shop, /./shop and
// /x/../shop are /shop to them.
func (e Endpoint) isHidden(escapedPath string) bool {
	name, err := url.PathUnescape(escapedPath)
	if err != nil {
		return false
	}
	rest, is := strings.CutPrefix(path.Clean("/"+name), string(e))
	return is && (rest == "" || rest[0] == '/')
}

// firstByte returns the first byte of a path, percent-decoded, and its length
// in the path; 0, 0 if the path is empty.
func firstByte(escaped string) (c byte, n int) {
	if len(escaped) >= 3 && escaped[0] == '%' {
		if s, err := url.PathUnescape(escaped[:3]); err == nil {
			return s[0], 3
		}
	}
	if escaped == "" {
		return 0, 0
	}
	return escaped[0], 1
}
