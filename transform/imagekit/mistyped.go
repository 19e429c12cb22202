package imagekit

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// MistypedQueries determines which queries that look like a misspelled
// transformation are refused.
type MistypedQueries string

// Values of MistypedQueries.
const (
	// RefuseMistyped refuses all.
	RefuseMistyped MistypedQueries = "refuse"

	// RefuseMistypedTr refuses those with a tr, such as ?tr:w-300, and treats
	// ?w=300 as a parameter of the original.
	RefuseMistypedTr MistypedQueries = "refuse_tr"

	// IgnoreMistyped treats all as parameters of the original.
	IgnoreMistyped MistypedQueries = "ignore"
)

// checkMistyped reads Config.MistypedQueries.
func (c Config) checkMistyped() error {
	switch c.MistypedQueries {
	case "", RefuseMistyped, RefuseMistypedTr, IgnoreMistyped:
		return nil
	}
	return fmt.Errorf("mistyped_queries is %q; it takes refuse, refuse_tr or ignore", c.MistypedQueries)
}

// check returns an error for a query that looks like a transformation and is
// not one. file is the escaped path of the original; mayBeURL reports whether
// it may be a URL of another server, to which the query then belongs.
func (m MistypedQueries) check(rawQuery, file string, mayBeURL bool) error {
	isURL := mayBeURL && strings.HasPrefix(strings.ToLower(file), "http")
	if m != RefuseMistyped && m != RefuseMistypedTr || isURL || !mayBePicture(file) {
		return nil
	}
	var meant []string
	for part := range strings.SplitSeq(rawQuery, "&") {
		key, value, _ := strings.Cut(part, "=")
		if name, err := url.QueryUnescape(key); err == nil {
			key = name
		}
		if err := checkTr(part, key, value); err != nil {
			return err
		}
		if m == RefuseMistyped && isMistyped(key, value) {
			meant = append(meant, key+"-"+value)
		}
	}
	if meant == nil {
		return nil
	}
	const most = 3
	if len(meant) > most {
		meant = append(meant[:most], "...")
	}
	return errors.New(errors.BadTransform, "The query has parameters outside of tr, where they do nothing; it takes tr=%s (mistyped_queries)", strings.Join(meant, ","))
}

// checkTr refuses a part of a query with a tr that is not parsed as one.
func checkTr(part, key, value string) error {
	_, isTr := switches[key]
	switch rest, cut := cutTr(key); {
	case cut && rest == "" && !isTr:
		return errors.New(errors.BadTransform, "The query has %s; the parameter is tr, with & before it (mistyped_queries)", errors.Quote(key))
	case cut && rest != "" && !isTr:
		return errors.New(errors.BadTransform, "The query has %s; it takes tr= and the transformation, such as tr=w-300 (mistyped_queries)", errors.Quote(part))
	}
	for _, second := range []string{"?tr=", "?tr:", "?tr%3a", "?tr%3d"} {
		if strings.Contains(strings.ToLower(part), second) || strings.Contains(strings.ToLower(value), "%3f"+second[1:]) {
			return errors.New(errors.BadTransform, "The query has a second ? before tr; parameters are separated by &, and steps by colons: tr=w-300:rt-90 (mistyped_queries)")
		}
	}
	return nil
}

// cutTr removes a misspelled tr from the beginning of a key: TR, amp;tr from
// HTML that was escaped twice, tr:w-300, tr-w-300.
func cutTr(key string) (rest string, ok bool) {
	lower := strings.TrimLeft(strings.ToLower(key), "?")
	lower = strings.TrimPrefix(lower, "amp;")
	switch {
	case lower == "tr":
		return "", true
	case strings.HasPrefix(lower, "tr:"):
		return lower[3:], true
	case strings.HasPrefix(lower, "tr-"): // may be any parameter unless a transformation follows
		_, value, is := find(lower[3:])
		return lower[3:], is && value != ""
	}
	return "", false
}

// telling are the parameters with characteristic values. Those that are often
// versions or random numbers are not among them: t, v, x, y, r, b, n, z, o.
var telling = []string{"w", "h", "ar", "c", "cm", "fo", "dpr", "q", "f", "bl", "rt", "bg", "lo", "pr"}

// isMistyped reports whether a query parameter looks like one of a
// transformation, with a valid value.
func isMistyped(key, value string) bool {
	value, _, _ = strings.Cut(value, ",") // ?w=300,h-200
	if value == "" || !slices.Contains(telling, key) {
		return false
	}
	r := byName[key]
	if special, is := byName[key+"-"+value]; is && special.state == supported {
		return true
	}
	if key == "w" || key == "h" {
		value = strings.TrimSuffix(value, "px")
	}
	if r.expression && isExpression(value) {
		return false // such as a hash with an underscore in it
	}
	if isDigits := strings.Trim(value, "0123456789") == ""; isDigits && len(value) > 5 {
		return false // a time or a version
	}
	trial := step{output: new(transform.Output), page: new(int)}
	return r.read(&trial, value)
}

// mayBePicture reports whether a path can be that of an image: by its
// extension, or because it has none.
func mayBePicture(file string) bool {
	name, err := url.PathUnescape(file)
	if err != nil {
		return false
	}
	switch strings.ToLower(path.Ext(name)) {
	case "", ".jpg", ".jpeg", ".jfif", ".png", ".webp", ".gif", ".avif", ".heic", ".heif", ".tif", ".tiff", ".svg", ".pdf":
		return file != ""
	}
	return false
}
