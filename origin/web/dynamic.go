package web

import (
	"context"
	"net/http"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/placed"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

func init() { caddy.RegisterModule(Dynamic{}) }

// Dynamic fetches originals whose whole URL a request names, from any web
// server. The dialect decides who may name which servers.
//
// It connects to public addresses only, and interprets responses as `web`
// does. Its requests have `CDN-Loop: caddy-images` (RFC 8586), so that a URL
// that leads back here is refused.
type Dynamic struct {
	// How to trust servers over `https`.
	TLS *TLS `json:"tls,omitempty"`

	// Private networks, in CIDR notation or as single addresses, that may be
	// connected to.
	AllowPrivate []string `json:"allow_private,omitempty"`

	// Whether to ignore the Cache-Control of servers, including `private` and
	// `no-store`: responses are then `public` for a year, or as
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

	web *Origin
}

// CaddyModule returns the Caddy module information.
func (Dynamic) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.origins.dynamic",
		New: func() caddy.Module { return new(Dynamic) },
	}
}

// UnmarshalCaddyfile sets up the origin from Caddyfile tokens:
//
//	origin dynamic {
//		tls {
//			...
//		}
//		allow_private           <networks...>
//		ignore_cache_control
//		max_redirects           <count>
//		dial_timeout            <duration>
//		response_header_timeout <duration>
//		timeout                 <duration>
//	}
//
// Options are those of `web`.
func (d *Dynamic) UnmarshalCaddyfile(tokens *caddyfile.Dispenser) error {
	tokens.Next() // the module's name
	if tokens.NextArg() {
		return tokens.ArgErr()
	}
	o := Origin{dynamic: true}
	block := placed.Begin[Origin](tokens)
	for tokens.NextBlock(0) {
		at := placed.At(tokens)
		switch tokens.Val() {
		case "tls", "allow_private", "ignore_cache_control", "max_redirects", "dial_timeout", "response_header_timeout", "timeout":
			if err := o.unmarshalOption(tokens); err != nil {
				return err
			}
		default:
			return option.Unknown(tokens, "tls, allow_private, ignore_cache_control, max_redirects, dial_timeout, response_header_timeout, timeout")
		}
		block.Read(at, o)
	}
	if err := block.Check(o, Origin.check); err != nil {
		return err
	}
	d.TLS, d.AllowPrivate, d.IgnoreCacheControl, d.MaxRedirects = o.TLS, o.AllowPrivate, o.IgnoreCacheControl, o.MaxRedirects
	d.DialTimeout, d.ResponseHeaderTimeout, d.Timeout = o.DialTimeout, o.ResponseHeaderTimeout, o.Timeout
	return nil
}

// Provision checks the configuration. It connects to nothing.
func (d *Dynamic) Provision(ctx caddy.Context) error {
	d.web = &Origin{
		TLS: d.TLS, AllowPrivate: d.AllowPrivate, IgnoreCacheControl: d.IgnoreCacheControl, MaxRedirects: d.MaxRedirects,
		DialTimeout: d.DialTimeout, ResponseHeaderTimeout: d.ResponseHeaderTimeout, Timeout: d.Timeout,
		dynamic: true,
	}
	return d.web.Provision(ctx)
}

// Cleanup closes idle connections.
func (d *Dynamic) Cleanup() error {
	if d.web == nil {
		return nil
	}
	return d.web.Cleanup()
}

// Fetch implements origin.Origin.
func (d *Dynamic) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	return d.web.Fetch(ctx, req)
}

// Within implements origin.Dynamic.
func (d *Dynamic) Within(allows func(server string) bool) origin.Origin {
	within, client := *d.web, *d.web.client
	client.CheckRedirect = func(next *http.Request, via []*http.Request) error {
		if ref, err := origin.ParseURL(next.URL.String()); err != nil || !allows(ref.Server) {
			return errors.New(errors.AccessDenied, "The web server redirected to a host that may not be fetched from")
		}
		return d.web.checkRedirect(next, via)
	}
	within.client = &client
	return &within
}

// Interface guards
var (
	_ caddy.Provisioner     = (*Dynamic)(nil)
	_ caddy.CleanerUpper    = (*Dynamic)(nil)
	_ caddyfile.Unmarshaler = (*Dynamic)(nil)
	_ origin.Dynamic        = (*Dynamic)(nil)
)
