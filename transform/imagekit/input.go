package imagekit

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// input returns the value of i or ie in a layer, decoded, with slashes. ie
// takes precedence (ImageKit, "Add overlays on images").
func input(layer string, body [][]item) (string, error) {
	if v, ok := last(body, "ie"); ok {
		text, ok := decodeBase64(v)
		if !ok || text == "" {
			return "", errors.New(errors.BadTransform, "ie is %s; it takes Base64 of UTF-8", errors.Quote(v))
		}
		return text, nil
	}
	v, ok := last(body, "i")
	if !ok || v == "" {
		return "", errors.New(errors.BadTransform, "%s has no input; it takes i, or ie with Base64", layer)
	}
	return v, nil
}

// decodeBase64 decodes standard or URL-safe Base64, with or without padding.
// A space is a plus sign that a query decoded.
func decodeBase64(v string) (string, bool) {
	v = strings.NewReplacer(" ", "+", "-", "+", "_", "/").Replace(strings.TrimRight(v, "="))
	text, err := base64.RawStdEncoding.DecodeString(v)
	return string(text), err == nil && utf8.Valid(text)
}

// refOf returns the file for a path in a layer: an image or a font. It is
// below the endpoint, like the original. @@ stands for a slash, which would
// end the transformation (ImageKit, "Add overlays on images").
func refOf(layer, path string) (origin.Ref, error) {
	path = strings.Trim(strings.ReplaceAll(path, "@@", "/"), "/")
	if path == "" {
		return origin.Ref{}, errors.New(errors.BadTransform, "%s names no file", layer)
	}
	segments := strings.Split(path, "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	ref, err := origin.ParseRef(strings.Join(segments, "/"), "")
	if err != nil {
		// The cause is not origin.ErrPath: the URL itself does name an
		// original.
		return origin.Ref{}, errors.New(errors.BadTransform, "%s names %s: %s", layer, errors.Quote(path), errors.From(err).Message)
	}
	return ref, nil
}

// printInput writes i, or ie if the text has characters that i cannot have in
// a URL's path.
func printInput(key, text string) string {
	const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/"
	if strings.Trim(text, plain) == "" && text != canvas {
		return key + "-" + strings.ReplaceAll(text, "/", "@@")
	}
	return key + "e-" + base64.RawURLEncoding.EncodeToString([]byte(text))
}

// readInput leaves the input to layer.open.
func readInput(_ *step, v string) bool { return v != "" }

func readLevel(s *step, v string) (ok bool) {
	s.layer.level, ok = whole(v, 1, 9)
	return ok
}
