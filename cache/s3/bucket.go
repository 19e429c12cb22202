package s3

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/caddy-images/caddy-images/origin/s3"
)

// bucket is what a tier needs of a storage for objects. Names are below the prefix.
type bucket interface {
	// get returns the content of an object, or nil if there is none. One that is longer
	// than most bytes is an error.
	get(ctx context.Context, name string, most int64) ([]byte, error)

	// put stores an object, in place of any other with its name. Others see all of it or
	// nothing.
	put(ctx context.Context, name string, content ...[]byte) error

	// remove removes an object, if there is one.
	remove(ctx context.Context, name string) error

	// list returns the names that begin so, in their order.
	list(ctx context.Context, beginning string) iter.Seq2[string, error]

	close()
}

// client is a bucket that speaks S3.
type client struct {
	core           minio.Core
	bucket, prefix string
	transport      *http.Transport
}

const (
	dialTimeout = 5 * time.Second
	idleTimeout = 90 * time.Second
)

func newClient(a s3.Access) (*client, error) {
	c := &client{bucket: a.Bucket, prefix: a.Prefix}
	c.transport = &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSHandshakeTimeout:    dialTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        idleTimeout,
		DisableCompression:     true,
	}
	lookup := minio.BucketLookupDNS
	if a.PathStyle {
		lookup = minio.BucketLookupPath
	}
	core, err := minio.NewCore(a.Server.Host, &minio.Options{
		Creds: a.Credentials, Secure: a.Server.Scheme == "https", Transport: c.transport,
		Region: a.Region, BucketLookup: lookup,
		MaxRetries: 1, // which is none: a client waits, or the entry is dropped
	})
	if err != nil {
		return nil, err
	}
	c.core = *core
	return c, nil
}

func (c *client) get(ctx context.Context, name string, most int64) ([]byte, error) {
	body, info, _, err := c.core.GetObject(ctx, c.bucket, c.prefix+name, minio.GetObjectOptions{})
	if minio.ToErrorResponse(err).Code == minio.NoSuchKey {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if info.Size < 0 || info.Size > most { // negative without a Content-Length
		return nil, fmt.Errorf("%s has %d bytes, of at most %d", name, info.Size, most)
	}
	content := make([]byte, info.Size)
	_, err = io.ReadFull(body, content)
	return content, err
}

func (c *client) put(ctx context.Context, name string, content ...[]byte) error {
	var parts []io.Reader
	var size int64
	for _, b := range content {
		parts = append(parts, bytes.NewReader(b))
		size += int64(len(b))
	}
	_, err := c.core.Client.PutObject(ctx, c.bucket, c.prefix+name, io.MultiReader(parts...), size, minio.PutObjectOptions{
		ContentType: "application/octet-stream", DisableMultipart: true,
	})
	return err
}

func (c *client) remove(ctx context.Context, name string) error {
	return c.core.RemoveObject(ctx, c.bucket, c.prefix+name, minio.RemoveObjectOptions{})
}

func (c *client) list(ctx context.Context, beginning string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		for o := range c.core.ListObjectsIter(ctx, c.bucket, minio.ListObjectsOptions{Prefix: c.prefix + beginning, Recursive: true}) {
			if o.Err != nil {
				yield("", o.Err)
				return
			}
			if !yield(o.Key[len(c.prefix):], nil) {
				return
			}
		}
	}
}

func (c *client) close() { c.transport.CloseIdleConnections() }
