package imagekit

import (
	"net/url"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Parse parses a URL: its path, percent-encoded as received
// (url.URL.EscapedPath), and its raw query.
//
// ok is false for a path that is not below the endpoint; the URL is then not
// this dialect's. The error is an *errors.Error of kind errors.BadTransform
// or errors.Limit. A URL that has a transformation and names no file is an
// error; without a transformation, such as that of a home page, its Ref has
// an empty Path. A path that is below the endpoint only after cleaning,
// /x/../shop, is refused because of origin.ErrPath: it must not reach the
// next handlers unchecked.
func (d *Dialect) Parse(escapedPath, rawQuery string) (asked transform.Request, ok bool, err error) {
	below, ok, err := d.endpoint.Below(escapedPath)
	if !ok || err != nil {
		return transform.Request{}, ok, err
	}
	path, err := parsePath(below)
	if err != nil {
		return transform.Request{}, true, err
	}
	query, err := parseQuery(rawQuery)
	if err != nil {
		return transform.Request{}, true, err
	}
	if err := d.mistyped.check(rawQuery, path.file, d.webProxy); err != nil {
		return transform.Request{}, true, err
	}
	asked, err = d.readChain(joined(path.tr, query.tr), plain(path.thumbnail || query.thumbnail))
	if err != nil {
		return transform.Request{}, true, err
	}
	if path.file == "" && (path.hasTr || query.hasTr) {
		return transform.Request{}, true, errors.New(errors.BadTransform, "The URL names no file to transform")
	}
	asked.Ref, err = d.parseFile(path.file, query.rest)
	if err != nil {
		return transform.Request{}, true, err
	}
	asked.Versioned = query.versioned
	if query.attachment != nil && *query.attachment {
		asked.Attachment, asked.Filename = true, query.filename
	}
	return asked, true, nil
}

// Detour describes the URL that names the same original by its own path and
// has everything else in its query. ok is false if this URL has that form
// already. Parse must accept the URL.
func (d *Dialect) Detour(escapedPath, rawQuery string) (detour transform.Detour, ok bool) {
	below, ok, err := d.endpoint.Below(escapedPath)
	if !ok || err != nil {
		return transform.Detour{}, false
	}
	path, err := parsePath(below)
	if err != nil || len(path.taken) == 0 && !path.thumbnail {
		return transform.Detour{}, false
	}
	detour = transform.Detour{Taken: path.taken, Tail: path.suffix, Plain: path.ext, Query: rawQuery}
	if path.hasTr {
		detour.Query = with("tr="+url.QueryEscape(path.tr), detour.Query) // the path's steps come first
	}
	if path.thumbnail {
		detour.Query = with(detour.Query, "ik-thumbnail=true")
	}
	return detour, true
}

// with appends to a query.
func with(query, more string) string {
	if query == "" || more == "" {
		return query + more
	}
	return query + "&" + more
}
