package origin

import (
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// ParseURLPath parses an escaped path, without a leading slash, that is the
// whole URL of an original, plain or percent-encoded as a whole. In the
// latter case the query inside is part of it, followed by rawQuery. ok is
// false for any other path. The error is of kind errors.BadTransform.
func ParseURLPath(path, rawQuery string) (ref Ref, ok bool, err error) {
	separator, ok := schemeOf(path)
	if !ok {
		return Ref{}, false, nil
	}
	if strings.Contains(separator, "%2") {
		whole, err := url.PathUnescape(path)
		if err != nil {
			return Ref{}, true, errors.New(errors.BadTransform, "The URL has a malformed percent-encoding; %% must be followed by two hex digits").Because(err)
		}
		path = whole
		separator, _ = schemeOf(path)
	}
	scheme, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(separator), "%3a", ":"), ":")
	whole := scheme + "://" + path[len(separator):]
	if rawQuery != "" {
		and := "?"
		if strings.Contains(whole, "?") {
			and = "&"
		}
		whole += and + rawQuery
	}
	ref, err = ParseURL(whole)
	return ref, true, err
}

// schemeOf returns the beginning of a path that is a URL, up to the host: the
// scheme, a colon and slashes, of which a proxy may have removed one.
func schemeOf(path string) (string, bool) {
	rest := path
	skip := func(plain, encoded string) bool {
		for _, p := range []string{plain, encoded} {
			if len(rest) >= len(p) && strings.EqualFold(rest[:len(p)], p) {
				rest = rest[len(p):]
				return true
			}
		}
		return false
	}
	if !skip("https", "http") || !skip(":", "%3a") || !skip("/", "%2f") {
		return "", false
	}
	for skip("/", "%2f") {
	}
	return path[:len(path)-len(rest)], true
}
