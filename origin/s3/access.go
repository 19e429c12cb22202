package s3

import (
	"net/url"

	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Access is how a bucket is reached.
type Access struct {
	Bucket string
	Prefix string // empty, or with a slash at the end
	Region string

	Server    *url.URL // without a path
	PathStyle bool     // whether the bucket is in the path of a URL instead of its host

	Credentials *credentials.Credentials // nil for unsigned requests
}

// Access returns how the origin's bucket is reached, placeholders replaced,
// for others that keep something in a bucket. It connects to nothing.
func (o *Origin) Access() (Access, error) {
	config, err := o.replaced()
	if err != nil {
		return Access{}, err
	}
	a := Access{Bucket: config.Bucket, Prefix: folder(config.Prefix), Region: config.Region}
	if a.Server, a.PathStyle, err = config.server(); err != nil {
		return Access{}, err
	}
	a.Credentials, err = config.newCredentials()
	return a, err
}
