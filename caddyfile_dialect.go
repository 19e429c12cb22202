package images

import (
	"cmp"
	"maps"
	"slices"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/internal/placed"
	"github.com/caddy-images/caddy-images/transform/imagekit"
	"github.com/caddy-images/caddy-images/transform/imagizer"
)

func (h *Handler) unmarshalDialect(d *caddyfile.Dispenser) error {
	var name string
	if err := oneArg(d, &name); err != nil {
		return err
	}
	h.Dialect = new(Dialect)
	switch name {
	case "imagekit":
		c := new(imagekit.Config)
		h.Dialect.ImageKit = c
		block := placed.Begin[imagekit.Config](d)
		err := unmarshalDialectOptions(d, func(option string, at caddyfile.Dispenser) error {
			c.Named = maps.Clone(c.Named) // earlier states share the map
			err := unmarshalImageKit(d, option, c)
			block.Read(at, *c)
			return err
		})
		return cmp.Or(err, block.Check(*c, checkImageKit))
	case "imagizer":
		c := new(Imagizer)
		h.Dialect.Imagizer = c
		block := placed.Begin[imagizer.Config](d)
		err := unmarshalDialectOptions(d, func(option string, at caddyfile.Dispenser) error {
			c.Presets = maps.Clone(c.Presets)
			err := unmarshalImagizer(d, option, c)
			block.Read(at, c.Config)
			return err
		})
		return cmp.Or(err, block.Check(c.Config, checkImagizer))
	}
	return d.Errf("there is no dialect %q; the dialects are imagekit and imagizer", name)
}

// unmarshalDialectOptions reads the options of a dialect and notes the line
// of each.
func unmarshalDialectOptions(d *caddyfile.Dispenser, unmarshal func(option string, at caddyfile.Dispenser) error) error {
	seen := make(map[string]bool)
	for d.NextBlock(1) {
		option := d.Val()
		if seen[option] && !slices.Contains([]string{"private_key", "named", "preset", "hosts_allowed", "buckets_allowed", "origin_query"}, option) {
			return d.Errf("%s is already set", option)
		}
		seen[option] = true
		if err := unmarshal(option, placed.At(d)); err != nil {
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
		names := append([]string{}, d.RemainingArgs()...) // an empty list allows none
		c.ImageParamsAllowed = &names
		return nil
	case "unsupported":
		return oneOf(d, &c.Unsupported, imagekit.UnsupportedRefuse, imagekit.UnsupportedIgnore)
	case "optimize_plain":
		return switchArg(d, func(on bool) { c.OptimizePlain = &on })
	case "mistyped_queries":
		return oneOf(d, (*string)(&c.MistypedQueries), string(imagekit.RefuseMistyped), string(imagekit.RefuseMistypedTr), string(imagekit.IgnoreMistyped))
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
		return d.Errf("named %s is followed by %q; only disabled may follow", name, args[2])
	}
	if _, twice := c.Named[name]; twice {
		return d.Errf("named %s is already set", name)
	}
	if c.Named == nil {
		c.Named = make(map[string]imagekit.Named)
	}
	c.Named[name] = imagekit.Named{Transformation: args[1], Disabled: disabled}
	return nil
}
