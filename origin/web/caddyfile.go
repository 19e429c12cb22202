package web

import (
	"maps"
	"slices"
	"strconv"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/internal/placed"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

const (
	options    = "base_url, forward_host, header, tls, allow_private, ignore_cache_control, max_redirects, dial_timeout, response_header_timeout, timeout"
	tlsOptions = "ca, server_name, insecure_skip_verify"
)

// UnmarshalCaddyfile sets up the origin from Caddyfile tokens:
//
//	origin web [<base_url>] {
//		base_url                <url>
//		forward_host
//		header                  <name> <value>
//		tls {
//			ca                   <files...>
//			server_name          <name>
//			insecure_skip_verify
//		}
//		allow_private           <networks...>
//		ignore_cache_control
//		max_redirects           <count>
//		dial_timeout            <duration>
//		response_header_timeout <duration>
//		timeout                 <duration>
//	}
//
// `header`, `ca` and `allow_private` can be given several times.
func (o *Origin) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the module's name
	if d.NextArg() {
		o.BaseURL = d.Val()
		if d.NextArg() {
			return d.ArgErr()
		}
	}
	block := placed.Begin[Origin](d)
	for d.NextBlock(0) {
		at := placed.At(d)
		o.Headers = maps.Clone(o.Headers) // earlier states share the map
		if err := o.unmarshalOption(d); err != nil {
			return err
		}
		block.Read(at, *o)
	}
	return block.Check(*o, Origin.check)
}

// check checks an origin as a Caddyfile describes it: everything that
// Provision does, except for placeholders and files.
func (o Origin) check() error {
	o.AllowPrivate = slices.Clone(o.AllowPrivate)
	for i, network := range o.AllowPrivate {
		if o.AllowPrivate[i] = placed.Known(network, "0.0.0.0/0"); network != o.AllowPrivate[i] {
			// It may be any network, even that of base_url.
			o.AllowPrivate = append(o.AllowPrivate, "::/0")
		}
	}
	o.BaseURL = placed.Known(o.BaseURL, "https://www.example.com")
	o.Headers = maps.Clone(o.Headers)
	for name, value := range o.Headers {
		o.Headers[name] = placed.Known(value, "value")
	}
	o.TLS = nil // only its files could be wrong
	defer func() { _ = o.Cleanup() }()
	return o.Provision(caddy.Context{})
}

func (o *Origin) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "base_url":
		return option.Value(d, &o.BaseURL)
	case "forward_host":
		return option.Flag(d, &o.ForwardHost)
	case "header":
		return o.unmarshalHeader(d)
	case "tls":
		return o.unmarshalTLS(d)
	case "allow_private":
		return option.Values(d, &o.AllowPrivate)
	case "ignore_cache_control":
		return option.Flag(d, &o.IgnoreCacheControl)
	case "max_redirects":
		return o.unmarshalMaxRedirects(d)
	case "dial_timeout":
		return option.Duration(d, &o.DialTimeout)
	case "response_header_timeout":
		return option.Duration(d, &o.ResponseHeaderTimeout)
	case "timeout":
		return option.Duration(d, &o.Timeout)
	}
	return option.Unknown(d, options)
}

func (o *Origin) unmarshalHeader(d *caddyfile.Dispenser) error {
	var name, value string
	if !d.AllArgs(&name, &value) {
		return d.ArgErr()
	}
	if _, set := o.Headers[name]; set {
		return d.Errf("header %s is already set", name)
	}
	if o.Headers == nil {
		o.Headers = make(map[string]string)
	}
	o.Headers[name] = value
	return nil
}

func (o *Origin) unmarshalTLS(d *caddyfile.Dispenser) error {
	if o.TLS != nil {
		return d.Err("tls is already set")
	}
	if d.NextArg() {
		return d.ArgErr()
	}
	o.TLS = new(TLS)
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		var err error
		switch d.Val() {
		case "ca":
			err = option.Values(d, &o.TLS.CAFiles)
		case "server_name":
			err = option.Value(d, &o.TLS.ServerName)
		case "insecure_skip_verify":
			err = option.Flag(d, &o.TLS.InsecureSkipVerify)
		default:
			err = option.Unknown(d, tlsOptions)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *Origin) unmarshalMaxRedirects(d *caddyfile.Dispenser) error {
	if o.MaxRedirects != nil {
		return d.Err("max_redirects is already set")
	}
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	count, err := strconv.Atoi(text)
	if err != nil || count < 0 {
		return d.Errf("max_redirects: %q is not a number of redirects, such as 5", text)
	}
	o.MaxRedirects = &count
	return nil
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Origin)(nil)
