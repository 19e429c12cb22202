package server

import (
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/origin"
)

// canonicalLink returns the Link header (RFC 8288, RFC 6596) that names the
// page's own address of an original, for search engines. A Ref's path has no
// character that would end the link.
func canonicalLink(base *url.URL, ref origin.Ref) string {
	address := base.Scheme + "://" + base.Host + strings.TrimSuffix(base.EscapedPath(), "/") + "/" + ref.Path
	return "<" + address + `>; rel="canonical"`
}
