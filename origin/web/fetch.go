package web

import (
	"context"
	"io"
	"net/http"

	"github.com/caddy-images/caddy-images/origin"
)

// server is the server's name in messages.
const server = "the web server"

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
	r := o.request(ctx, req)
	if byteRange != "" {
		r.Header.Set("Range", byteRange)
	}
	req.Known.SetConditions(r.Header)
	response, err := o.client.Do(r)
	if err != nil {
		return nil, err
	}
	if !origin.IsFile(response.StatusCode, byteRange, req.Known) {
		drain(response.Body)
		_ = response.Body.Close()
		return nil, origin.StatusError(server, response.StatusCode)
	}
	return response, nil
}

// drain reads a short rest, so that the connection of a mere 404 can be
// reused.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 4<<10) }
