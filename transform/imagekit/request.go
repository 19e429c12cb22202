package imagekit

import (
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// Parse reads a URL: its path, percent-encoded as received (url.URL.EscapedPath),
// and its query, raw.
//
// ok is false for a path that is not below the endpoint; the URL is then not
// this dialect's. The error is an *errors.Error, of kind errors.BadTransform or
// errors.Limit. A URL that names no file is one when it has a transformation;
// without, such as that of a site's home page, its Ref has an empty Path.
func (d *Dialect) Parse(escapedPath, rawQuery string) (asked transform.Request, ok bool, err error) {
	below, ok := d.below(escapedPath)
	if !ok {
		return transform.Request{}, false, nil
	}
	path, err := parsePath(below)
	if err != nil {
		return transform.Request{}, true, err
	}
	query, err := parseQuery(rawQuery)
	if err != nil {
		return transform.Request{}, true, err
	}
	if path.hasTr && query.hasTr {
		return transform.Request{}, true, errors.New(errors.BadTransform, "The URL has a transformation in its path (tr:) and one in its query (tr=); it takes one of them")
	}
	asked.Plan, err = parseChain(path.tr + query.tr)
	if err != nil {
		return transform.Request{}, true, err
	}
	if path.file == "" && (path.hasTr || query.hasTr) {
		return transform.Request{}, true, errors.New(errors.BadTransform, "The URL names no file to transform")
	}
	asked.Ref, err = origin.ParseRef(path.file, query.rest)
	if err != nil {
		return transform.Request{}, true, err
	}
	asked.Versioned = query.versioned
	return asked, true, nil
}

// InQuery returns the segment of a path that holds the transformation, as it is,
// and the query, raw, that asks for the same when the segment is taken out of
// the path. ok is false where the path holds no transformation. The URL is one
// that Parse understands.
func (d *Dialect) InQuery(escapedPath, rawQuery string) (segment, query string, ok bool) {
	below, ok := d.below(escapedPath)
	if !ok {
		return "", "", false
	}
	path, err := parsePath(below)
	if err != nil || !path.hasTr {
		return "", "", false
	}
	segment, _, _ = strings.Cut(below, "/")
	query = "tr=" + url.QueryEscape(path.tr)
	if rawQuery != "" {
		query = rawQuery + "&" + query
	}
	return segment, query, true
}
