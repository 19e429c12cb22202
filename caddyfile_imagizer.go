package images

import (
	"strconv"

	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"

	"github.com/caddy-images/caddy-images/transform/imagizer"
)

func unmarshalImagizer(d *caddyfile.Dispenser, option string, c *Imagizer) error {
	switch option {
	case "endpoint":
		return oneArg(d, &c.Endpoint)
	case "allow_dynamic_origin":
		return oneOf(d, &c.AllowDynamicOrigin, imagizer.DynamicOff, imagizer.DynamicListed, imagizer.DynamicAny)
	case "hosts_allowed":
		return moreArgs(d, &c.HostsAllowed)
	case "buckets_allowed":
		return moreArgs(d, &c.BucketsAllowed)
	case "allow_data_urls":
		c.AllowDataURLs = true
		return noArgs(d)
	case "image_params_allowed":
		names := append([]string{}, d.RemainingArgs()...) // an empty list allows none
		c.ImageParamsAllowed = &names
		return nil
	case "image_param_validations":
		return unmarshalRules(d, &c.Config)
	case "legacy_paths":
		c.LegacyPaths = true
		return noArgs(d)
	case "preset":
		return unmarshalPreset(d, &c.Config)
	case "origin_query":
		return moreArgs(d, &c.OriginQuery)
	case "upscale":
		c.Upscale = true
		return noArgs(d)
	case "post":
		return unmarshalPost(d, c)
	}
	return unknownOption(d, "dialect imagizer", option)
}

func unmarshalPost(d *caddyfile.Dispenser, c *Imagizer) error {
	if err := noArgs(d); err != nil {
		return err
	}
	c.Post = new(Post)
	seen := make(map[string]bool)
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		option := d.Val()
		if seen[option] && option != "token" {
			return d.Errf("%s is already set", option)
		}
		seen[option] = true
		if err := unmarshalPostOption(d, option, c.Post); err != nil {
			return err
		}
	}
	return nil
}

func unmarshalPostOption(d *caddyfile.Dispenser, option string, p *Post) error {
	switch option {
	case "token":
		return moreArgs(d, &p.Tokens)
	case "open":
		p.Open = true
		return noArgs(d)
	case "max_size":
		return sizeArg(d, &p.MaxSize)
	}
	return unknownOption(d, "post", option)
}

func unmarshalPreset(d *caddyfile.Dispenser, c *imagizer.Config) error {
	var name, query string
	if !d.AllArgs(&name, &query) {
		return d.ArgErr()
	}
	if _, twice := c.Presets[name]; twice {
		return d.Errf("preset %s is already set", name)
	}
	if c.Presets == nil {
		c.Presets = make(map[string]string)
	}
	c.Presets[name] = query
	return nil
}

// unmarshalRules reads lines such as `width min 1 max 2000 step 10`.
func unmarshalRules(d *caddyfile.Dispenser, c *imagizer.Config) error {
	if err := noArgs(d); err != nil {
		return err
	}
	c.ImageParamValidations = make(map[string]imagizer.Rule)
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		name := d.Val()
		if _, twice := c.ImageParamValidations[name]; twice {
			return d.Errf("the rule for %s is already set", name)
		}
		rule, err := unmarshalRule(d, name)
		if err != nil {
			return err
		}
		c.ImageParamValidations[name] = rule
	}
	return nil
}

// unmarshalRule reads pairs of a word and a value. enum takes all values that
// follow it.
func unmarshalRule(d *caddyfile.Dispenser, name string) (rule imagizer.Rule, err error) {
	args := d.RemainingArgs()
	if len(args) < 2 {
		return rule, d.Errf("the rule for %s is incomplete; it takes pairs such as min 1 max 2000", name)
	}
	seen := make(map[string]bool)
	for len(args) > 0 {
		word, values := args[0], args[1:]
		if seen[word] || len(values) == 0 {
			return rule, d.Errf("the rule for %s has %s twice or without a value", name, word)
		}
		seen[word] = true
		args = values[1:]
		switch word {
		case "min":
			rule.Min = new(float64)
			err = numberArg(d, values[0], rule.Min)
		case "max":
			rule.Max = new(float64)
			err = numberArg(d, values[0], rule.Max)
		case "step":
			err = numberArg(d, values[0], &rule.Step)
		case "regex":
			rule.Regex = values[0]
		case "enum":
			rule.Enum, args = values, nil
		default:
			return rule, d.Errf("the rule for %s has %q; it takes min, max, step, regex and, last, enum", name, word)
		}
		if err != nil {
			return rule, err
		}
	}
	return rule, nil
}

func numberArg(d *caddyfile.Dispenser, text string, to *float64) (err error) {
	if *to, err = strconv.ParseFloat(text, 64); err != nil {
		return d.Errf("%q is not a number", text)
	}
	return nil
}
