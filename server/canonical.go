package server

import (
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/origin"
)

// canonicalLink returns the Link header (RFC 8288, RFC 6596) with the
// canonical URL of an original, for search engines. No character of a Ref's
// path can end the link early.
func canonicalLink(base *url.URL, ref origin.Ref) string {
	address := base.Scheme + "://" + base.Host + strings.TrimSuffix(base.EscapedPath(), "/") + "/" + ref.Path
	return "<" + address + `>; rel="canonical"`
}
