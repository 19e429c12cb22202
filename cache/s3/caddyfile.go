package s3

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

const options = "bucket, prefix, region, endpoint, path_style, access_key, secret_key, session_token, read_timeout"

// UnmarshalCaddyfile sets up the tier from Caddyfile tokens:
//
//	cache s3 [<bucket>] {
//		bucket        <name>
//		prefix        <folder>
//		region        <region>
//		endpoint      <url>
//		path_style
//		access_key    <key>
//		secret_key    <key>
//		session_token <token>
//		read_timeout  <duration>
//	}
func (c *Cache) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the module's name
	if d.NextArg() {
		c.Bucket = d.Val()
		if d.NextArg() {
			return d.ArgErr()
		}
	}
	texts := map[string]*string{
		"bucket": &c.Bucket, "prefix": &c.Prefix, "region": &c.Region, "endpoint": &c.Endpoint,
		"access_key": &c.AccessKey, "secret_key": &c.SecretKey, "session_token": &c.SessionToken,
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		name := d.Val()
		text, isText := texts[name]
		switch {
		case isText:
			if *text != "" {
				return d.Errf("%s is already set", name)
			}
			if !d.AllArgs(text) || *text == "" {
				return d.ArgErr()
			}
		case name == "path_style":
			if d.NextArg() {
				return d.ArgErr()
			}
			c.PathStyle = true
		case name == "read_timeout":
			if err := c.unmarshalTimeout(d); err != nil {
				return err
			}
		default:
			return d.Errf("unrecognized option %q; the options are %s", name, options)
		}
	}
	if c.Bucket == "" {
		return d.Errf("bucket is missing")
	}
	return nil
}

func (c *Cache) unmarshalTimeout(d *caddyfile.Dispenser) error {
	if c.ReadTimeout != 0 {
		return d.Errf("read_timeout is already set")
	}
	var text string
	if !d.AllArgs(&text) {
		return d.ArgErr()
	}
	timeout, err := caddy.ParseDuration(text)
	if err != nil || timeout <= 0 {
		return d.Errf("read_timeout: %q is no duration above zero, such as 300ms", text)
	}
	c.ReadTimeout = caddy.Duration(timeout)
	return nil
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Cache)(nil)
