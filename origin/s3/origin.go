// Package s3 is the origin `http.images.origins.s3`: originals in a bucket of
// Amazon S3, or of anything that speaks its protocol.
//
// It signs with the signer of minio-go, and takes credentials from its chain:
// environment, credentials file, web identity, ECS, EC2. The client of minio-go
// is not used, nor is aws-sdk-go-v2: an original is one GET, and both put their
// own retries, and their own texts in place of a network error's type, between us
// and the answer. It is also the smallest: 1.1 MB of a stripped binary, where the
// client would be 1.9 MB and the SDK 4.3 MB.
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

// Origin fetches originals from a bucket of Amazon S3, or of a server that
// speaks its protocol, such as MinIO, Ceph, Cloudflare R2 or Wasabi.
//
// An original is one GET, which needs the permission `s3:GetObject`. With
// `s3:ListBucket` too, S3 says that a missing file is missing; without, it says
// that access is denied, and the next origin is not asked.
//
// Where no keys are configured, credentials come from the first of: the
// environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
// `AWS_SESSION_TOKEN`), the credentials file (`AWS_SHARED_CREDENTIALS_FILE`,
// `AWS_PROFILE`), and the role of the machine (web identity on EKS, container
// credentials on ECS, instance metadata on EC2). Finding none is an error.
//
// The endpoint is the operator's choice, so it may have a private address, and
// the proxies that the environment names (`HTTPS_PROXY`) are used.
//
// All values can have placeholders such as `{env.S3_KEY}`, which are replaced
// when the configuration is loaded.
type Origin struct {
	// The bucket. Required.
	Bucket string `json:"bucket,omitempty"`

	// The folder in the bucket below which the originals are, such as
	// `photos/2026`. Default: the whole bucket
	Prefix string `json:"prefix,omitempty"`

	// The region of the bucket. Default: `us-east-1`
	Region string `json:"region,omitempty"`

	// The URL of the server, without a path. Default: Amazon's for the region,
	// such as `https://s3.eu-central-1.amazonaws.com`
	Endpoint string `json:"endpoint,omitempty"`

	// Whether to ask for `/bucket/file` instead of the host
	// `bucket.endpoint`. This is done anyway where a host cannot be built so:
	// for an endpoint that is an IP address, and, over `https`, for a bucket
	// with a dot in its name. Default: `false`
	PathStyle bool `json:"path_style,omitempty"`

	// The access key and the secret key to sign with.
	AccessKey string `json:"access_key,omitempty"`
	SecretKey string `json:"secret_key,omitempty"`

	// The session token that belongs to the keys, when they are temporary ones.
	SessionToken string `json:"session_token,omitempty"`

	// Whether to ask without any signature, for a public bucket.
	// Default: `false`
	Anonymous bool `json:"anonymous,omitempty"`

	// Whether what the metadata of a file says about storing it is ignored altogether,
	// `private` and `no-store` too: then responses are `public` for a year, or what
	// `cache_control` says. Default: `false`
	IgnoreCacheControl bool `json:"ignore_cache_control,omitempty"`

	// How long a fetch may take in all, finding credentials and the body
	// included. What is streamed has as long until its first bytes, and for each
	// silence after that. Default: `15s`
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

// Cleanup closes the connections that are kept for later.
func (o *Origin) Cleanup() error {
	if o.client != nil {
		o.client.CloseIdleConnections()
	}
	return nil
}

// replaced returns the configuration with its placeholders replaced and its
// defaults filled in.
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
