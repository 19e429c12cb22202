package disk

import (
	"fmt"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/dustin/go-humanize"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
)

func init() { caddy.RegisterModule(Cache{}) }

// Cache keeps variants, and what is known of originals, in files of a directory. They
// survive restarts, and crashes: a file that is not whole is a miss. One process uses a
// directory; a second one is refused on Linux.
type Cache struct {
	// The directory, an absolute path. It is made if it does not exist. Files in it that
	// are not of this cache are left alone. Placeholders are replaced when the
	// configuration is loaded. Required.
	Path string `json:"path,omitempty"`

	// How many bytes the entries may take. What was not used for the longest time makes
	// room. Required; at least 1048576 (1 MiB).
	Size int64 `json:"size,omitempty"`

	// How many bytes stay free on the disk, on Linux. Default: 268435456 (256 MiB)
	MinFree int64 `json:"min_free,omitempty"`

	path string // placeholders replaced
}

const (
	leastSize      = 1 << 20
	defaultMinFree = 256 << 20
)

// CaddyModule returns the Caddy module information.
func (Cache) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.caches.disk",
		New: func() caddy.Module { return new(Cache) },
	}
}

// UnmarshalCaddyfile sets up the tier from Caddyfile tokens:
//
//	cache disk <path> <size> {
//		min_free <size>
//	}
func (c *Cache) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	var size string
	if !d.Args(&c.Path, &size) || d.NextArg() {
		return d.Errf("cache disk takes a directory and a size, such as /var/cache/images 10GiB")
	}
	if err := readSize(d, size, &c.Size); err != nil {
		return err
	}
	for d.NextBlock(d.Nesting()) {
		switch d.Val() {
		case "min_free":
			if !d.Args(&size) || d.NextArg() {
				return d.Errf("min_free takes a size, such as 1GiB")
			}
			if err := readSize(d, size, &c.MinFree); err != nil {
				return err
			}
		default:
			return d.Errf("cache disk has no option %q; the option is min_free", d.Val())
		}
	}
	if err := c.check(); err != nil {
		return d.Errf("%v", err)
	}
	return nil
}

func readSize(d *caddyfile.Dispenser, text string, to *int64) error {
	n, err := humanize.ParseBytes(text)
	if err != nil || n > 1<<60 {
		return d.Errf("cache disk: %q is not a size; one looks like 10GiB", text)
	}
	*to = int64(n)
	return nil
}

func (c *Cache) check() error {
	if c.Size < leastSize {
		return fmt.Errorf("cache disk has a size of %d; it takes at least %d (1 MiB)", c.Size, leastSize)
	}
	if c.MinFree < 0 {
		return fmt.Errorf("min_free is %d; it takes a number of bytes", c.MinFree)
	}
	return nil
}

// Provision implements caddy.Provisioner. It opens nothing.
func (c *Cache) Provision(caddy.Context) error {
	path, err := caddy.NewReplacer().ReplaceOrErr(c.Path, true, true)
	if err != nil {
		return fmt.Errorf("cache disk: path: %w", err)
	}
	if !filepath.IsAbs(path) {
		return fmt.Errorf("cache disk: the path %q is not absolute", path)
	}
	c.path = filepath.Clean(path)
	if c.MinFree == 0 {
		c.MinFree = defaultMinFree
	}
	return c.check()
}

// Settings implements cache.Guest. Of two stores with other settings for one directory the
// second is refused.
func (c *Cache) Settings() string { return fmt.Sprintf("disk %q %d %d", c.path, c.Size, c.MinFree) }

// Open implements cache.Guest.
func (c *Cache) Open(log *zap.Logger) (cache.Tier, error) {
	return Open(c.path, c.Size, c.MinFree, log.Named("disk"))
}

// Interface guards
var (
	_ caddy.Provisioner     = (*Cache)(nil)
	_ caddyfile.Unmarshaler = (*Cache)(nil)
	_ cache.Guest           = (*Cache)(nil)
)
