package s3

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/caddy-images/caddy-images/origin"
)

// server is how messages call the other side.
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
		return o.get(ctx, req.Ref, byteRange)
	})
}

// get asks for a file, or for a range of it if that is not empty. An answer without
// either is an error.
func (o *Origin) get(ctx context.Context, ref origin.Ref, byteRange string) (*http.Response, error) {
	answer, err := o.ask(ctx, ref, byteRange)
	if answer != nil && answer.StatusCode >= http.StatusInternalServerError && pause(ctx) {
		// S3 asks its clients to try 5xx again, and says so of 503 SlowDown too.
		answer.Body.Close()
		answer, err = o.ask(ctx, ref, byteRange)
	}
	if err == nil && !origin.IsAnswer(answer.StatusCode, byteRange) {
		defer answer.Body.Close()
		return nil, refusal(answer)
	}
	return answer, err
}

func (o *Origin) ask(ctx context.Context, ref origin.Ref, byteRange string) (*http.Response, error) {
	if o.prefix+ref.Name() == "" {
		// This would list the bucket.
		return nil, origin.StatusError(server, http.StatusNotFound)
	}
	r, err := o.request(ctx, ref, byteRange)
	if err != nil {
		return nil, err
	}
	return o.client.Do(r)
}

// pause waits 100 to 200 ms, so that not everybody comes back at once, and
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
		// S3 redirects to another region's endpoint, for which this request is
		// not signed.
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
