package memory

import (
	"fmt"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/dustin/go-humanize"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
)

func init() { caddy.RegisterModule(Cache{}) }

// Cache keeps variants in the memory of Caddy's process. They are lost when it ends, but
// not when the configuration is reloaded.
type Cache struct {
	// How many bytes variants may take. Required; at least 1048576 (1 MiB).
	Size int64 `json:"size,omitempty"`
}

// leastSize is the smallest size, in bytes.
const leastSize = 1 << 20

// CaddyModule returns the Caddy module information.
func (Cache) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.caches.memory",
		New: func() caddy.Module { return new(Cache) },
	}
}

// UnmarshalCaddyfile sets up the tier from Caddyfile tokens:
//
//	cache memory <size>
func (c *Cache) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	var size string
	if !d.Args(&size) || d.NextArg() {
		return d.Errf("cache memory takes a size, such as 256MiB")
	}
	n, err := humanize.ParseBytes(size)
	if err != nil || n > 1<<50 {
		return d.Errf("cache memory: %q is not a size; one looks like 256MiB", size)
	}
	if d.NextBlock(d.Nesting()) {
		return d.Errf("cache memory has no option %q", d.Val())
	}
	c.Size = int64(n)
	if err := c.Validate(); err != nil {
		return d.Errf("%v", err)
	}
	return nil
}

// Validate implements caddy.Validator.
func (c *Cache) Validate() error {
	if c.Size < leastSize {
		return fmt.Errorf("cache memory has a size of %d; it takes at least %d (1 MiB)", c.Size, leastSize)
	}
	return nil
}

// Settings implements cache.Guest.
func (c *Cache) Settings() string { return fmt.Sprint("memory ", c.Size) }

// Open implements cache.Guest.
func (c *Cache) Open(*zap.Logger) (cache.Tier, error) { return New(c.Size) }

// Interface guards
var (
	_ caddy.Validator       = (*Cache)(nil)
	_ caddyfile.Unmarshaler = (*Cache)(nil)
	_ cache.Guest           = (*Cache)(nil)
)
