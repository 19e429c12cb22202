// Package disk is the cache tier `http.images.caches.disk`: records and variants as files
// in a directory.
//
// # Files
//
// Each entry is one file, `<first byte of the original>/<original>-<entry>`, all in
// hexadecimal. Its body comes first, so that it can be sent with sendfile; behind it are
// what describes the body and a trailer of fixed size with lengths and checksums (file.go).
// An entry is written to a temporary file beside its place, and renamed. It is not synced:
// a file that a crash left torn has a wrong length or checksum, which makes it a miss, and
// waiting for the disk once for each variant would cost more than rendering a few again.
//
// What is in the directory and has neither such a name nor that of one of the tier's
// temporary files is not touched.
//
// # Room
//
// The index (index.go) holds the key, the size and the last use of each file, about 60
// bytes. It is filled by reading the directory in the background. Until that is done, as
// many bytes are freed as are written, so that the directory does not grow beyond its limit
// and what a former process left. When room is needed, the least recently used of a random
// sample of entries goes.
//
// The time of the last use is kept as the access time of the file, and written at most
// once an hour. The modification time stays as it is: with the size it shows whether a file
// is the one whose body was verified.
package disk

import (
	"fmt"
	"path/filepath"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
)

func init() { caddy.RegisterModule(Cache{}) }

// Cache keeps variants in a directory. They stay when Caddy ends.
//
// The directory belongs to one Caddy at a time; another one that is configured with it
// refuses to start. Files that are not of the cache are left alone.
type Cache struct {
	// The directory, an absolute path. It is made if it does not exist. Placeholders are
	// replaced when the configuration is loaded. Required.
	Path string `json:"path,omitempty"`

	// How many bytes the files may take, each rounded up to 4096. Required; at least
	// 1048576 (1 MiB). An entry that takes more than a quarter of it is not kept.
	Size int64 `json:"size,omitempty"`

	// How many bytes of the file system are left free for others: below that, entries
	// are evicted. -1: none. Default: a twentieth of the file system, at most
	// 1073741824 (1 GiB)
	MinFree int64 `json:"min_free,omitempty"`

	path string // placeholders replaced
}

// leastSize is the smallest size, in bytes.
const leastSize = 1 << 20

// CaddyModule returns the Caddy module information.
func (Cache) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.caches.disk",
		New: func() caddy.Module { return new(Cache) },
	}
}

// Provision replaces the placeholders. It opens nothing.
func (c *Cache) Provision(caddy.Context) error {
	path, err := caddy.NewReplacer().ReplaceOrErr(c.Path, true, true)
	if err != nil {
		return fmt.Errorf("cache disk: path: %w", err)
	}
	if !filepath.IsAbs(path) {
		return fmt.Errorf("cache disk: the path %q is not absolute", path)
	}
	c.path = filepath.Clean(path)
	return nil
}

// Validate implements caddy.Validator.
func (c *Cache) Validate() error { return c.check() }

func (c *Cache) check() error {
	if c.Size < leastSize {
		return fmt.Errorf("cache disk has a size of %d; it takes at least %d (1 MiB)", c.Size, leastSize)
	}
	if c.MinFree < -1 {
		return fmt.Errorf("cache disk: min_free is %d; it takes a number of bytes, or -1 for none", c.MinFree)
	}
	return nil
}

// Settings implements cache.Guest.
func (c *Cache) Settings() string { return fmt.Sprintf("disk %q %d %d", c.path, c.Size, c.MinFree) }

// Open implements cache.Guest.
func (c *Cache) Open(log *zap.Logger) (cache.Tier, error) {
	return open(config{path: c.path, limit: c.Size, minFree: c.MinFree, log: log.Named("disk")})
}

// Interface guards
var (
	_ caddy.Provisioner = (*Cache)(nil)
	_ caddy.Validator   = (*Cache)(nil)
	_ cache.Guest       = (*Cache)(nil)
)
