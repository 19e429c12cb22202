// Package s3 is the origin `http.images.origins.s3`: originals in a bucket of
// Amazon S3, or of a compatible server.
//
// It uses the signer of minio-go and its credentials chain: environment,
// credentials file, web identity, ECS, EC2. It uses neither the client of
// minio-go nor aws-sdk-go-v2: an original is one GET, and both add retries of
// their own and replace typed network errors by text. It is also the
// smallest: 1.1 MB of a stripped binary, against 1.9 MB for the client and
// 4.3 MB for the SDK.
package s3

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/internal/option"
)

func init() { caddy.RegisterModule(Origin{}) }

// Origin fetches originals from a bucket of Amazon S3, or of a compatible
// server such as MinIO, Ceph, Cloudflare R2 or Wasabi.
//
// An original is one GET, which needs the permission `s3:GetObject`. With
// `s3:ListBucket` as well, S3 reports a missing file as missing; without it,
// as denied, and the next origin is not asked.
//
// If no keys are configured, credentials come from the first of: the
// environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
// `AWS_SESSION_TOKEN`), the credentials file (`AWS_SHARED_CREDENTIALS_FILE`,
// `AWS_PROFILE`), and the role of the machine (web identity on EKS, container
// credentials on ECS, instance metadata on EC2). Finding none is an error.
//
// The operator chooses the endpoint, so it may have a private address, and
// proxies from the environment (`HTTPS_PROXY`) are used.
//
// All values may contain placeholders such as `{env.S3_KEY}`, which are
// replaced when the configuration is loaded.
type Origin struct {
	// The bucket. Required.
	Bucket string `json:"bucket,omitempty"`

	// The folder in the bucket with the originals, such as `photos/2026`.
	// Default: the whole bucket
	Prefix string `json:"prefix,omitempty"`

	// The region of the bucket. Default: `us-east-1`
	Region string `json:"region,omitempty"`

	// The URL of the server, without a path. Default: Amazon's for the region,
	// such as `https://s3.eu-central-1.amazonaws.com`
	Endpoint string `json:"endpoint,omitempty"`

	// Whether to request `/bucket/file` instead of the host
	// `bucket.endpoint`. This is always done if such a host cannot exist: for
	// an endpoint that is an IP address, and, over `https`, for a bucket with
	// a dot in its name. Default: `false`
	PathStyle bool `json:"path_style,omitempty"`

	// The access key and the secret key to sign with.
	AccessKey string `json:"access_key,omitempty"`
	SecretKey string `json:"secret_key,omitempty"`

	// The session token of temporary keys.
	SessionToken string `json:"session_token,omitempty"`

	// Whether to send unsigned requests, for a public bucket. Default:
	// `false`
	Anonymous bool `json:"anonymous,omitempty"`

	// Whether to ignore the Cache-Control of files, including `private` and
	// `no-store`: responses are then `public` for a year, or as
	// `cache_control` says. Default: `false`
	IgnoreCacheControl bool `json:"ignore_cache_control,omitempty"`

	// How long a fetch may take in all, including finding credentials and
	// reading the body. For a stream it limits the time to the first bytes,
	// and then each silence. Default: `15s`
	Timeout caddy.Duration `json:"timeout,omitempty"`

	config      *Origin  // what is configured, placeholders replaced
	base        *url.URL // of the bucket, with a slash at the end
	prefix      string   // empty, or with a slash at the end
	region      string
	credentials *credentials.Credentials // nil for an anonymous origin
	client      *http.Client
	timeout     time.Duration
}

const (
	defaultRegion  = "us-east-1"
	defaultTimeout = caddy.Duration(15 * time.Second)

	dialTimeout   = 5 * time.Second
	headerTimeout = 10 * time.Second
)

// CaddyModule returns the Caddy module information.
func (Origin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.origins.s3",
		New: func() caddy.Module { return new(Origin) },
	}
}

// Provision checks the configuration. It connects to nothing and asks for no
// credentials.
func (o *Origin) Provision(caddy.Context) error {
	config, err := o.replaced()
	if err != nil {
		return err
	}
	if o.base, err = config.bucketURL(); err != nil {
		return err
	}
	if o.credentials, err = config.newCredentials(); err != nil {
		return err
	}
	timeout, err := option.Default("timeout", o.Timeout, defaultTimeout)
	if err != nil {
		return err
	}
	o.config = &config
	o.prefix = folder(config.Prefix)
	o.region = config.Region
	o.timeout = time.Duration(timeout)
	o.client = newClient()
	return nil
}

// Cleanup closes idle connections.
func (o *Origin) Cleanup() error {
	if o.client != nil {
		o.client.CloseIdleConnections()
	}
	return nil
}

// replaced returns the configuration with placeholders replaced and defaults
// set.
func (o *Origin) replaced() (Origin, error) {
	repl := caddy.NewReplacer()
	config := *o
	for _, field := range []struct {
		name  string
		value *string
	}{
		{"bucket", &config.Bucket},
		{"prefix", &config.Prefix},
		{"region", &config.Region},
		{"endpoint", &config.Endpoint},
		{"access_key", &config.AccessKey},
		{"secret_key", &config.SecretKey},
		{"session_token", &config.SessionToken},
	} {
		var err error
		if *field.value, err = option.Replace(repl, field.name, *field.value); err != nil {
			return Origin{}, err
		}
	}
	if config.Bucket == "" {
		return Origin{}, fmt.Errorf("bucket is missing")
	}
	if config.Region == "" {
		config.Region = defaultRegion
	}
	return config, nil
}

// Interface guards
var (
	_ caddy.Module       = (*Origin)(nil)
	_ caddy.Provisioner  = (*Origin)(nil)
	_ caddy.CleanerUpper = (*Origin)(nil)
	_ origin.Origin      = (*Origin)(nil)
)
