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

// MistypedQueries is which queries are refused because they look like a transformation
// that is not written as one.
type MistypedQueries string

// The values of MistypedQueries.
const (
	// RefuseMistyped refuses all.
	RefuseMistyped MistypedQueries = "refuse"

	// RefuseMistypedTr refuses those that have a tr, such as ?tr:w-300, and takes ?w=300
	// for a parameter of the original's.
	RefuseMistypedTr MistypedQueries = "refuse_tr"

	// IgnoreMistyped takes all for parameters of the original's.
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

// check returns the error of a query that looks like a transformation and is
// none. file is the path of the original, still percent-encoded; mayBeURL
// tells that it may be a URL of another server, whose query is that server's.
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
	return errors.New(errors.BadTransform, "The query has parameters outside of tr, which do nothing; it takes tr=%s (mistyped_queries)", strings.Join(meant, ","))
}

// checkTr refuses a part of a query that has a tr which is not read as one.
func checkTr(part, key, value string) error {
	_, isTr := switches[key]
	switch rest, cut := cutTr(key); {
	case cut && rest == "" && !isTr:
		return errors.New(errors.BadTransform, "The query has %s; the parameter is tr, and & stands before it (mistyped_queries)", errors.Quote(key))
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

// cutTr takes tr off the beginning of a key that stands for it: TR, amp;tr, as HTML
// that was escaped twice has it, tr:w-300, tr-w-300.
func cutTr(key string) (rest string, ok bool) {
	lower := strings.TrimLeft(strings.ToLower(key), "?")
	lower = strings.TrimPrefix(lower, "amp;")
	switch {
	case lower == "tr":
		return "", true
	case strings.HasPrefix(lower, "tr:"):
		return lower[3:], true
	case strings.HasPrefix(lower, "tr-"): // which may be anybody's, unless it goes on as a transformation does
		_, value, is := find(lower[3:])
		return lower[3:], is && value != ""
	}
	return "", false
}

// telling are the parameters that nothing else than a transformation has, with values
// that they take. Those that are versions or random numbers elsewhere are not among
// them: t, v, x, y, r, b, n, z, o.
var telling = []string{"w", "h", "ar", "c", "cm", "fo", "dpr", "q", "f", "bl", "rt", "bg", "lo", "pr"}

// isMistyped reports whether a parameter of a query is one of a transformation, with a
// value that it takes there.
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

// mayBePicture reports whether a path can be that of an image, by its
// extension or because it has none.
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
