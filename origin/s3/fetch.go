package s3

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// server is the server's name in messages.
const server = "S3"

// Fetch implements origin.Origin.
func (o *Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	source, err := o.fetch(origin.WithConnectTimeout(ctx, req.ConnectTimeout), req)
	if err == nil && o.IgnoreCacheControl {
		source.IgnoreCacheControl()
	}
	return source, err
}

func (o *Origin) fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	return origin.Get(ctx, server, req, o.timeout, func(ctx context.Context, byteRange string) (*http.Response, error) {
		return o.get(ctx, req, byteRange)
	})
}

// get requests a file, or a range of it if byteRange is not empty. A response
// with neither is an error.
func (o *Origin) get(ctx context.Context, req origin.Request, byteRange string) (*http.Response, error) {
	response, err := o.ask(ctx, req, byteRange)
	if response != nil && response.StatusCode >= http.StatusInternalServerError && pause(ctx) {
		// S3 asks clients to retry 5xx, including 503 SlowDown.
		response.Body.Close()
		response, err = o.ask(ctx, req, byteRange)
	}
	if err == nil && !origin.IsFile(response.StatusCode, byteRange, req.Known) {
		defer response.Body.Close()
		return nil, refusal(response)
	}
	return response, err
}

func (o *Origin) ask(ctx context.Context, req origin.Request, byteRange string) (*http.Response, error) {
	if o.prefix+req.Ref.Name() == "" {
		// This would list the bucket.
		return nil, origin.StatusError(server, http.StatusNotFound)
	}
	r, err := o.request(ctx, req, byteRange)
	if err != nil {
		return nil, err
	}
	return o.client.Do(r)
}

// pause waits 100 to 200 ms, so that clients do not all retry at once, and
// reports whether there is time left.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(100*time.Millisecond + rand.N(100*time.Millisecond)):
		return true
	case <-ctx.Done():
		return false
	}
}

func newClient() *http.Client {
	return &http.Client{
		// S3 redirects to another region's endpoint, for which this request
		// is not signed.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            origin.DialWithin(&net.Dialer{Timeout: dialTimeout}),
			TLSHandshakeTimeout:    dialTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    32,
			IdleConnTimeout:        90 * time.Second,
			DisableCompression:     true,
		},
	}
}
