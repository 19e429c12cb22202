package imagekit

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// below is the part of a path after the endpoint and the slashes that follow
// it. Only whole segments match, so that /shop is not the endpoint of
// /shopping. A percent-encoded letter is that letter (RFC 3986 section 6.2.2.2).
func (d *Dialect) below(escapedPath string) (string, bool) {
	rest := escapedPath
	for i := range len(d.endpoint) {
		c, n := firstByte(rest)
		if c != d.endpoint[i] || c == '/' && n > 1 {
			return "", false
		}
		rest = rest[n:]
	}
	if rest != "" && rest[0] != '/' {
		return "", false
	}
	return strings.TrimLeft(rest, "/"), true
}

// firstByte is the first byte of a path, percent-decoded, and how many bytes
// that takes; 0, 0 when there is none.
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

// pathParts is what a path says below the endpoint.
type pathParts struct {
	file  string // still percent-encoded
	tr    string // decoded, without `tr:`
	hasTr bool
}

func parsePath(below string) (pathParts, error) {
	p := pathParts{file: below}
	for i, segment := range strings.Split(below, "/") {
		name, err := url.PathUnescape(segment)
		if err != nil {
			return pathParts{}, malformedEncoding(err)
		}
		if tr, ok := strings.CutPrefix(name, "tr:"); ok {
			if i > 0 {
				return pathParts{}, errors.New(errors.BadTransform, "The path has a tr: segment further on; it takes one, right after the endpoint")
			}
			p.tr, p.hasTr = tr, true
			p.file = strings.TrimLeft(below[len(segment):], "/")
			continue
		}
		if r, ok := specialSegment(name, i == 0); ok {
			return pathParts{}, r.refusal()
		}
	}
	return p, wellFormed(p.tr)
}

// segments are the path components that ImageKit gives a meaning to.
var segments = []row{
	{name: "ik-seo", state: later},
	{name: "ik-genimg", state: never, why: needsAI},
	{name: "ik-thumbnail.jpg", state: later},
	{name: "ik-video.mp4", state: never, why: isVideo},
	{name: "ik-gif-video.mp4", state: never, why: isVideo},
	{name: "ik-master.m3u8", state: never, why: isVideo},
	{name: "ik-master.mpd", state: never, why: isVideo},
}

// specialSegment finds the row of a path segment. Those without an extension
// stand before the file's path, those with one behind it.
func specialSegment(name string, first bool) (row, bool) {
	if strings.HasPrefix(name, "ik-genimg-prompt-") {
		name = "ik-genimg"
	}
	for _, r := range segments {
		if behind := strings.Contains(r.name, "."); name == r.name && behind != first {
			return r, true
		}
	}
	return row{}, false
}

func malformedEncoding(cause error) error {
	return errors.New(errors.BadTransform, "The URL has a malformed percent-encoding; %% must be followed by two hex digits").Because(cause)
}

// wellFormed refuses a transformation that cannot be text.
func wellFormed(tr string) error {
	if !utf8.ValidString(tr) {
		return errors.New(errors.BadTransform, "The transformation is not percent-encoded UTF-8")
	}
	return nil
}
