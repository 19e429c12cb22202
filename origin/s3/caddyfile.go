package s3

import (
	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/internal/placed"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

const options = "bucket, prefix, region, endpoint, path_style, access_key, secret_key, session_token, anonymous, ignore_cache_control, timeout"

// UnmarshalCaddyfile sets up the origin from Caddyfile tokens:
//
//	origin s3 [<bucket>] {
//		bucket               <name>
//		prefix               <folder>
//		region               <region>
//		endpoint             <url>
//		path_style
//		access_key           <key>
//		secret_key           <key>
//		session_token        <token>
//		anonymous
//		ignore_cache_control
//		timeout              <duration>
//	}
func (o *Origin) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the module's name
	if d.NextArg() {
		o.Bucket = d.Val()
		if d.NextArg() {
			return d.ArgErr()
		}
	}
	block := placed.Begin[Origin](d)
	for d.NextBlock(0) {
		at := placed.At(d)
		if err := o.unmarshalOption(d); err != nil {
			return err
		}
		block.Read(at, *o)
	}
	return block.Check(*o, Origin.check)
}

// check checks an origin as a Caddyfile describes it: everything that
// Provision does, except for placeholders.
func (o Origin) check() error {
	for field, right := range map[*string]string{
		&o.Bucket: "bucket", &o.Prefix: "", &o.Region: defaultRegion, &o.Endpoint: "https://s3.example.com",
		&o.AccessKey: "key", &o.SecretKey: "key", &o.SessionToken: "token",
	} {
		*field = placed.Known(*field, right)
	}
	defer func() { _ = o.Cleanup() }()
	return o.Provision(caddy.Context{})
}

func (o *Origin) unmarshalOption(d *caddyfile.Dispenser) error {
	switch d.Val() {
	case "bucket":
		return option.Value(d, &o.Bucket)
	case "prefix":
		return option.Value(d, &o.Prefix)
	case "region":
		return option.Value(d, &o.Region)
	case "endpoint":
		return option.Value(d, &o.Endpoint)
	case "path_style":
		return option.Flag(d, &o.PathStyle)
	case "access_key":
		return option.Value(d, &o.AccessKey)
	case "secret_key":
		return option.Value(d, &o.SecretKey)
	case "session_token":
		return option.Value(d, &o.SessionToken)
	case "anonymous":
		return option.Flag(d, &o.Anonymous)
	case "ignore_cache_control":
		return option.Flag(d, &o.IgnoreCacheControl)
	case "timeout":
		return option.Duration(d, &o.Timeout)
	}
	return option.Unknown(d, options)
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Origin)(nil)
