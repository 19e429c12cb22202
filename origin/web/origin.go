// Package web is the origin `http.images.origins.web`: originals behind a URL.
package web

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

func init() { caddy.RegisterModule(Origin{}) }

// Origin fetches originals from a web server by GET.
//
// It connects to public addresses only: to reach a server in a private
// network, name that network in `allow_private`. Addresses are checked when
// connecting, after DNS and after every redirect; loopback, link-local,
// carrier-grade NAT, documentation and all other networks of IANA's
// special-purpose registries are refused, in IPv4, in IPv6, and as IPv4
// inside of IPv6. Proxies from the environment (`HTTPS_PROXY`) are not used,
// since they would bypass this check.
//
// Responses other than 200 are errors: 404 and 410 mean that the file does
// not exist, and the next origin is asked; 401, 403 and 407 deny access; 400
// is a bad request; 408 is a timeout; all others are failures of the origin.
// Redirects to `http` and `https` are followed, except from `https` to
// `http`; `headers` are sent only to the host of `base_url`.
type Origin struct {
	// The URL of the originals: `https://host[:port][/prefix]`, with `http`
	// or `https`. The path of an original is appended as the client escaped
	// it, followed by the client's query without the parameters of the
	// dialect. Placeholders such as `{env.ORIGIN}` are replaced when the
	// configuration is loaded.
	BaseURL string `json:"base_url,omitempty"`

	// Whether to send the Host of the client's request instead of that of
	// `base_url`. Default: `false`
	ForwardHost bool `json:"forward_host,omitempty"`

	// Headers to send, such as `Authorization`. They can replace the default
	// `Accept`, `User-Agent` and `X-Req-From`. Placeholders are replaced when
	// the configuration is loaded.
	Headers map[string]string `json:"headers,omitempty"`

	// How to trust servers over `https`.
	TLS *TLS `json:"tls,omitempty"`

	// Private networks, in CIDR notation or as single addresses, that may be
	// connected to.
	AllowPrivate []string `json:"allow_private,omitempty"`

	// Whether to ignore the Cache-Control of the server, including `private`
	// and `no-store`: responses are then `public` for a year, or as
	// `cache_control` says. Default: `false`
	IgnoreCacheControl bool `json:"ignore_cache_control,omitempty"`

	// How many redirects to follow. Default: `5`
	MaxRedirects *int `json:"max_redirects,omitempty"`

	// How long connecting may take, and again the TLS handshake. Default:
	// `5s`
	DialTimeout caddy.Duration `json:"dial_timeout,omitempty"`

	// How long the server may take from the request to the header of its
	// response. Default: `10s`
	ResponseHeaderTimeout caddy.Duration `json:"response_header_timeout,omitempty"`

	// How long a fetch may take in all, including redirects and the body. For
	// a stream it limits the time to the first bytes, and then each silence.
	// Default: `15s`
	Timeout caddy.Duration `json:"timeout,omitempty"`

	dynamic bool // there is no base_url: a Ref names the server

	base         *url.URL
	header       http.Header
	client       *http.Client
	timeout      time.Duration
	maxRedirects int
	resolver     *net.Resolver // nil is the system's
}

const (
	defaultMaxRedirects          = 5
	defaultDialTimeout           = caddy.Duration(5 * time.Second)
	defaultResponseHeaderTimeout = caddy.Duration(10 * time.Second)
	defaultTimeout               = caddy.Duration(15 * time.Second)
)

// CaddyModule returns the Caddy module information.
func (Origin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.origins.web",
		New: func() caddy.Module { return new(Origin) },
	}
}

// Provision checks the configuration. It connects to nothing.
func (o *Origin) Provision(caddy.Context) error {
	repl := caddy.NewReplacer()
	var g guard
	for _, text := range o.AllowPrivate {
		text, err := option.Replace(repl, "allow_private", text)
		if err != nil {
			return err
		}
		network, err := parseNetwork(text)
		if err != nil {
			return fmt.Errorf("allow_private: %w", err)
		}
		g.private = append(g.private, network)
	}
	var err error
	if o.dynamic {
		o.base = new(url.URL)
	} else if o.base, err = parseBase(repl, o.BaseURL, g); err != nil {
		return err
	}
	if o.header, err = parseHeaders(repl, o.Headers); err != nil {
		return err
	}
	o.maxRedirects = defaultMaxRedirects
	if o.MaxRedirects != nil {
		o.maxRedirects = *o.MaxRedirects
	}
	if o.maxRedirects < 0 {
		return fmt.Errorf("max_redirects is negative")
	}
	timeout, err := option.Default("timeout", o.Timeout, defaultTimeout)
	if err != nil {
		return err
	}
	o.timeout = time.Duration(timeout)
	o.client, err = o.newClient(repl, g)
	return err
}

// Cleanup closes idle connections.
func (o *Origin) Cleanup() error {
	if o.client != nil {
		o.client.CloseIdleConnections()
	}
	return nil
}

// Interface guards
var (
	_ caddy.Module       = (*Origin)(nil)
	_ caddy.Provisioner  = (*Origin)(nil)
	_ caddy.CleanerUpper = (*Origin)(nil)
	_ origin.Origin      = (*Origin)(nil)
)
