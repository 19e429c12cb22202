package images

import (
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
)

// unmarshalCache reads one of the options that are about the cache.
func (h *Handler) unmarshalCache(d *caddyfile.Dispenser, option string) error {
	c := h.Cache
	if c == nil {
		c = new(Cache)
	} else {
		copied := *c // what was read so far does not change any more
		c = &copied
	}
	var err error
	switch option {
	case "cache":
		err = c.unmarshalTier(d)
	case "originals":
		err = sizeArg(d, &c.Originals)
	case "fresh":
		err = durationOrWordArg(d, &c.Fresh, "forever")
	case "max_fresh":
		err = durationArg(d, &c.MaxFresh)
	case "stale":
		err = durationOrOffArg(d, &c.Stale)
	case "stale_if_error":
		err = durationOrOffArg(d, &c.StaleIfError)
	case "cache_not_found":
		err = durationOrOffArg(d, &c.NotFound)
	case "cache_failures":
		err = durationOrOffArg(d, &c.Failures)
	default:
		return unknownOption(d, "images", option)
	}
	h.Cache = c
	return err
}

// unmarshalTier reads `cache off`, or a tier: `cache memory 256MiB`.
func (c *Cache) unmarshalTier(d *caddyfile.Dispenser) error {
	if !d.NextArg() {
		return d.ArgErr()
	}
	name := d.Val()
	if name == "off" {
		c.Off = true
		if d.NextArg() {
			return d.ArgErr()
		}
		return nil
	}
	const namespace = "http.images.caches"
	if _, err := caddy.GetModule(namespace + "." + name); err != nil {
		known := []string{"off"}
		for _, m := range caddy.GetModules(namespace) {
			known = append(known, m.ID.Name())
		}
		return d.Errf("there is no cache %q; the caches are %s", name, strings.Join(known, ", "))
	}
	module, err := caddyfile.UnmarshalModule(d, namespace+"."+name)
	if err != nil {
		return err
	}
	c.TiersRaw = append(c.TiersRaw[:len(c.TiersRaw):len(c.TiersRaw)], caddyconfig.JSONModuleObject(module, "type", name, nil))
	return nil
}
