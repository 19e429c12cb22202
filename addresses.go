package images

import (
	"fmt"
	"net/url"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
)

// parseCanonical reads the base URL of canonical links, with placeholders
// replaced.
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
		return nil, fmt.Errorf("canonical is %q; it takes a URL without a query, such as https://www.example.com", text)
	}
	return base, nil
}

// parseDefaultImage reads the unescaped path of a default image. An empty
// path means none.
func parseDefaultImage(path string) (origin.Ref, error) {
	ref, err := origin.ParseRef((&url.URL{Path: path}).EscapedPath(), "")
	if err != nil {
		return origin.Ref{}, fmt.Errorf("default_image is %q; it takes the path of a file, such as /default.jpg", path)
	}
	return ref, nil
}
