package imagizer

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Parse parses a URL: its path, percent-encoded as received
// (url.URL.EscapedPath), and its raw query.
//
// ok is false for a path that is not below the endpoint; the URL is then not
// this dialect's. The error is an *errors.Error: errors.Unauthorized for a
// parameter that is not in image_params_allowed, which takes precedence,
// errors.BadTransform or errors.Limit. A URL that asks for an image and names
// no file is an error; otherwise, such as for a home page, its Ref has an
// empty Path. Admit decides whether the original may be fetched from its
// origin.
func (d *Dialect) Parse(escapedPath, rawQuery string) (asked transform.Request, ok bool, err error) {
	below, ok, err := d.endpoint.Below(escapedPath)
	if !ok || err != nil {
		return transform.Request{}, ok, err
	}
	path, err := d.parsePath(below)
	if err != nil {
		return transform.Request{}, true, err
	}
	asked, err = d.parse(path.file, with(rawQuery, path.query))
	return asked, true, err
}

func (d *Dialect) parse(file, rawQuery string) (asked transform.Request, err error) {
	v, belongs, err := d.parseQuery(rawQuery)
	if err != nil {
		return transform.Request{}, err
	}
	p, err := d.newPicture(v)
	if err != nil {
		return transform.Request{}, err
	}
	if asked.Plan, err = p.plan(); err != nil {
		return transform.Request{}, err
	}
	asked.Meta, asked.Named = p.meta, isPreset(rawQuery)
	if asked.Ref, err = p.ref(file, belongs); err != nil {
		return transform.Request{}, err
	}
	if asked.Ref.Path == "" && asked.Ref.Server == "" && (asked.Meta || !asked.Plan.IsZero()) {
		return transform.Request{}, errors.New(errors.BadTransform, "The URL names no file to transform")
	}
	return asked, nil
}

// isPreset reports whether a query has only presets.
func isPreset(rawQuery string) bool {
	for part := range strings.SplitSeq(rawQuery, "&") {
		if key, _, _ := strings.Cut(part, "="); key != "preset" {
			return false
		}
	}
	return true
}

// Detour describes the URL that names the same original by its own path and
// has everything else in its query. ok is false if this URL has that form
// already. Parse must accept the URL.
func (d *Dialect) Detour(escapedPath, rawQuery string) (detour transform.Detour, ok bool) {
	below, ok, err := d.endpoint.Below(escapedPath)
	if !ok || err != nil {
		return transform.Detour{}, false
	}
	path, err := d.parsePath(below)
	if err != nil || len(path.prefix) == 0 {
		return transform.Detour{}, false
	}
	return transform.Detour{Taken: path.prefix, Query: with(rawQuery, path.query)}, true
}

// with appends to a query.
func with(query, more string) string {
	if query == "" || more == "" {
		return query + more
	}
	return query + "&" + more
}
