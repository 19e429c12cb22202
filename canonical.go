package images

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
)

// parseCanonical reads the base URL of canonical links, placeholders replaced.
func parseCanonical(text string) (*url.URL, error) {
	if text == "" {
		return nil, nil
	}
	text, err := caddy.NewReplacer().ReplaceOrErr(text, true, true)
	if err != nil {
		return nil, fmt.Errorf("canonical: %w", err)
	}
	base, err := url.Parse(text)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "" ||
		base.User != nil || base.RawQuery != "" || base.ForceQuery || base.Fragment != "" {
		return nil, fmt.Errorf("canonical is %q; it takes a URL without query, such as https://www.example.com", text)
	}
	return base, nil
}

// canonicalLink is the Link header (RFC 8288, RFC 6596) that names the page's own
// address of an original, for search engines. A Ref's path has no character that
// would end the link.
func canonicalLink(base *url.URL, ref origin.Ref) string {
	address := base.Scheme + "://" + base.Host + strings.TrimSuffix(base.EscapedPath(), "/") + "/" + ref.Path
	return "<" + address + `>; rel="canonical"`
}
