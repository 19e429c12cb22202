package disk

import (
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/dustin/go-humanize"
)

// UnmarshalCaddyfile sets up the tier from Caddyfile tokens:
//
//	cache disk <path> <size> {
//		min_free <size>|off
//	}
func (c *Cache) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next() // the module's name
	var size string
	if !d.Args(&c.Path, &size) || c.Path == "" || d.NextArg() {
		return d.Errf("cache disk takes a directory and a size, such as /var/cache/images 10GiB")
	}
	var err error
	if c.Size, err = bytesOf(d, size); err != nil {
		return err
	}
	if err := c.check(); err != nil {
		return d.Errf("%v", err)
	}
	for nesting := d.Nesting(); d.NextBlock(nesting); {
		switch d.Val() {
		case "min_free":
			if c.MinFree != 0 {
				return d.Errf("min_free is already set")
			}
			var free string
			if !d.AllArgs(&free) {
				return d.ArgErr()
			}
			if free == "off" {
				c.MinFree = -1
				break
			}
			if c.MinFree, err = bytesOf(d, free); err != nil {
				return err
			}
			if c.MinFree == 0 {
				c.MinFree = -1
			}
		default:
			return d.Errf("cache disk has no option %q; the option is min_free", d.Val())
		}
	}
	return nil
}

// bytesOf reads a size.
func bytesOf(d *caddyfile.Dispenser, text string) (int64, error) {
	n, err := humanize.ParseBytes(text)
	if err != nil || n > 1<<60 {
		return 0, d.Errf("cache disk: %q is not a size; one looks like 10GiB", text)
	}
	return int64(n), nil
}

// Interface guard
var _ caddyfile.Unmarshaler = (*Cache)(nil)
