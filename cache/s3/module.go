// Package s3 is the cache tier `http.images.caches.s3`: records and variants in a bucket.
//
// An entry is an object, `<prefix>/<original>/<entry>`, in hexadecimal, with the bytes of
// package packed; a purge is an object `<prefix>/purges/<sequence>`. What the tier needs of
// a bucket is the interface bucket (bucket.go): another kind of storage needs a client only.
package s3

import (
	"fmt"
	"time"

	"github.com/caddyserver/caddy/v2"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/origin/s3"
)

func init() { caddy.RegisterModule(Cache{}) }

// Cache keeps variants in a bucket of Amazon S3, or of a compatible server such as MinIO,
// Ceph, Cloudflare R2 or Wasabi. Several Caddys may share it.
//
// It needs the permissions `s3:GetObject`, `s3:PutObject`, `s3:DeleteObject` and, for
// purges and to tell what is missing from what is denied, `s3:ListBucket`. Nothing is
// evicted: the bucket's lifecycle rules decide how long objects stay.
//
// A client waits for the bucket for `read_timeout` at most. After five failures in a row
// the bucket is left alone for a second, and longer with each further failure, up to a
// minute and a half; images are rendered meanwhile.
//
// Credentials are found as by the origin `s3`. All values may contain placeholders such as
// `{env.S3_KEY}`, which are replaced when the configuration is loaded.
type Cache struct {
	// The bucket. Required.
	Bucket string `json:"bucket,omitempty"`

	// The folder in the bucket. Default: the whole bucket
	Prefix string `json:"prefix,omitempty"`

	// The region of the bucket. Default: `us-east-1`
	Region string `json:"region,omitempty"`

	// The URL of the server, without a path. Default: Amazon's for the region
	Endpoint string `json:"endpoint,omitempty"`

	// Whether to request `/bucket/object` instead of the host `bucket.endpoint`. This is
	// always done if such a host cannot exist. Default: `false`
	PathStyle bool `json:"path_style,omitempty"`

	// The access key and the secret key to sign with. Default: what the environment, the
	// credentials file or the role of the machine has
	AccessKey string `json:"access_key,omitempty"`
	SecretKey string `json:"secret_key,omitempty"`

	// The session token of temporary keys.
	SessionToken string `json:"session_token,omitempty"`

	// How long a client waits for an entry. Default: `300ms`
	ReadTimeout caddy.Duration `json:"read_timeout,omitempty"`

	access s3.Access
}

const defaultReadTimeout = caddy.Duration(300 * time.Millisecond)

// CaddyModule returns the Caddy module information.
func (Cache) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.caches.s3",
		New: func() caddy.Module { return new(Cache) },
	}
}

// Provision checks the configuration. It connects to nothing and asks for no credentials.
func (c *Cache) Provision(caddy.Context) error {
	if c.ReadTimeout < 0 {
		return fmt.Errorf("cache s3: read_timeout is negative")
	}
	if c.ReadTimeout == 0 {
		c.ReadTimeout = defaultReadTimeout
	}
	var err error
	if c.access, err = c.like().Access(); err != nil {
		return fmt.Errorf("cache s3: %w", err)
	}
	return nil
}

// like is an origin in the same bucket.
func (c *Cache) like() *s3.Origin {
	return &s3.Origin{
		Bucket: c.Bucket, Prefix: c.Prefix, Region: c.Region, Endpoint: c.Endpoint, PathStyle: c.PathStyle,
		AccessKey: c.AccessKey, SecretKey: c.SecretKey, SessionToken: c.SessionToken,
	}
}

// Settings implements cache.Guest.
func (c *Cache) Settings() string {
	a := c.access
	return fmt.Sprintf("s3 %q %q %q %q %t %q %d", a.Bucket, a.Prefix, a.Region, a.Server, a.PathStyle, []string{c.AccessKey, c.SecretKey, c.SessionToken}, c.ReadTimeout)
}

// Open implements cache.Guest.
func (c *Cache) Open(log *zap.Logger) (cache.Tier, error) {
	b, err := newClient(c.access)
	if err != nil {
		return nil, fmt.Errorf("cache s3: %w", err)
	}
	return newTier(b, c.access.Bucket, time.Duration(c.ReadTimeout), log.Named("s3")), nil
}

// Interface guards
var (
	_ caddy.Provisioner = (*Cache)(nil)
	_ cache.Guest       = (*Cache)(nil)
)
