package images

import (
	"slices"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/transform/imagekit"
)

func (h *Handler) unmarshalDialect(d *caddyfile.Dispenser) error {
	var name string
	if err := oneArg(d, &name); err != nil {
		return err
	}
	h.Dialect = new(Dialect)
	var unmarshal func(option string) error
	switch name {
	case "imagekit":
		c := new(imagekit.Config)
		h.Dialect.ImageKit = c
		unmarshal = func(option string) error { return unmarshalImageKit(d, option, c) }
	case "imagizer":
		c := new(Imagizer)
		h.Dialect.Imagizer = c
		unmarshal = func(option string) error { return unmarshalImagizer(d, option, c) }
	default:
		return d.Errf("there is no dialect %q; there are imagekit and imagizer", name)
	}
	seen := make(map[string]bool)
	for d.NextBlock(1) {
		option := d.Val()
		if seen[option] && !slices.Contains([]string{"private_key", "named", "preset", "hosts_allowed", "buckets_allowed", "origin_query"}, option) {
			return d.Errf("%s is given twice", option)
		}
		seen[option] = true
		if err := unmarshal(option); err != nil {
			return err
		}
	}
	return nil
}

func unmarshalImageKit(d *caddyfile.Dispenser, option string, c *imagekit.Config) error {
	switch option {
	case "endpoint":
		return oneArg(d, &c.Endpoint)
	case "private_key":
		return moreArgs(d, &c.PrivateKeys)
	case "require_signature":
		return oneOf(d, &c.RequireSignature, imagekit.RequireOff, imagekit.RequireRemote, imagekit.RequireOn)
	case "web_proxy":
		c.WebProxy = &imagekit.WebProxy{Hosts: d.RemainingArgs()}
		return nil
	case "named":
		return unmarshalNamed(d, c)
	case "image_params_allowed":
		names := append([]string{}, d.RemainingArgs()...) // none is a list, too
		c.ImageParamsAllowed = &names
		return nil
	case "restrict_unnamed":
		c.RestrictUnnamed = true
		return noArgs(d)
	}
	return unknownOption(d, "dialect imagekit", option)
}

func unmarshalNamed(d *caddyfile.Dispenser, c *imagekit.Config) error {
	args := d.RemainingArgs()
	if len(args) < 2 || len(args) > 3 {
		return d.ArgErr()
	}
	name, disabled := args[0], len(args) == 3
	if disabled && args[2] != "disabled" {
		return d.Errf("named %s is followed by %q; it takes nothing more, or disabled", name, args[2])
	}
	if _, twice := c.Named[name]; twice {
		return d.Errf("named %s is given twice", name)
	}
	if c.Named == nil {
		c.Named = make(map[string]imagekit.Named)
	}
	c.Named[name] = imagekit.Named{Transformation: args[1], Disabled: disabled}
	return nil
}
