package web

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"golang.org/x/net/http/httpguts"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

// LoopID identifies this server in the CDN-Loop header (RFC 8586) of requests
// whose URL a client named.
const LoopID = "caddy-images"

const userAgent = "caddy-images"

// request returns the request to the server.
func (o *Origin) request(ctx context.Context, req origin.Request) *http.Request {
	asked := *o.base
	asked.RawPath = strings.TrimSuffix(o.base.EscapedPath(), "/") + "/" + req.Ref.Path
	asked.Path = strings.TrimSuffix(o.base.Path, "/") + "/" + req.Ref.Name()
	asked.RawQuery = req.Ref.Query
	if o.dynamic {
		asked.Scheme, asked.Host, _ = strings.Cut(req.Ref.Server, "://")
	}
	r := &http.Request{
		Method: http.MethodGet,
		URL:    &asked,
		Header: o.header.Clone(),
	}
	// Images are compressed already, and an encoded body is not an image.
	r.Header.Set("Accept-Encoding", "identity")
	if req.Sender != "" && r.Header.Values("X-Req-From") == nil {
		r.Header.Set("X-Req-From", req.Sender)
	}
	if req.Sender != "" && r.Header.Get("User-Agent") == userAgent {
		// Imagizer's Cloudflare worker looks for the sender there.
		r.Header.Set("User-Agent", userAgent+" ("+req.Sender+")")
	}
	if o.dynamic {
		r.Header.Set("CDN-Loop", LoopID)
	}
	if o.ForwardHost {
		r.Host = req.Host
	}
	return r.WithContext(ctx)
}

// parseBase does not show the URL in errors: it may contain a password.
func parseBase(repl *caddy.Replacer, text string, g guard) (*url.URL, error) {
	if text == "" {
		return nil, fmt.Errorf("base_url is missing; it takes a URL such as https://www.example.com")
	}
	text, err := option.Replace(repl, "base_url", text)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(text)
	switch {
	case err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Hostname() == "":
		return nil, fmt.Errorf("base_url must be a URL such as https://www.example.com, with http or https")
	case base.User != nil:
		return nil, fmt.Errorf("base_url must not have a user or a password; use the header Authorization")
	case base.RawQuery != "" || base.ForceQuery || base.Fragment != "":
		return nil, fmt.Errorf("base_url must have neither a query nor a fragment")
	}
	if literal, err := netip.ParseAddr(base.Hostname()); err == nil && !g.allows(literal) {
		return nil, fmt.Errorf("the address in base_url is not public; allow_private must name its network")
	}
	return base, nil
}

// reserved are the headers that HTTP or this origin sets.
var reserved = map[string]bool{
	"Accept-Encoding":   true,
	"Connection":        true,
	"Content-Length":    true,
	"If-Match":          true,
	"If-Modified-Since": true,
	"If-None-Match":     true,
	"If-Range":          true,
	"Range":             true,
	"Te":                true,
	"Trailer":           true,
	"Transfer-Encoding": true,
	"Upgrade":           true,
}

// parseHeaders does not show values in errors: they may be secret.
func parseHeaders(repl *caddy.Replacer, headers map[string]string) (http.Header, error) {
	parsed := http.Header{
		"Accept":     {"image/*,*/*;q=0.8"},
		"User-Agent": {userAgent},
	}
	for name, value := range headers {
		value, err := option.Replace(repl, "header "+name, value)
		if err != nil {
			return nil, err
		}
		name = http.CanonicalHeaderKey(name)
		switch {
		case !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value):
			return nil, fmt.Errorf("header %q is not valid in HTTP", name)
		case name == "Host":
			return nil, fmt.Errorf("header Host cannot be set; use forward_host")
		case reserved[name]:
			return nil, fmt.Errorf("header %s cannot be set", name)
		}
		parsed.Set(name, value)
	}
	return parsed, nil
}
