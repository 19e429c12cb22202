package web

import (
	"context"
	"io"
	"net/http"

	"github.com/caddy-images/caddy-images/origin"
)

// server is how messages call the other side.
const server = "the web server"

// Fetch implements origin.Origin.
func (o *Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	timed, cancel := context.WithTimeout(origin.WithConnectTimeout(ctx, req.ConnectTimeout), o.timeout)
	defer cancel()
	answer, err := o.client.Do(o.request(timed, req))
	if err != nil {
		return nil, origin.NetError(ctx, server, err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		drain(answer.Body)
		return nil, origin.StatusError(server, answer.StatusCode)
	}
	source, err := origin.FromAnswer(ctx, server, answer, req.MaxBytes)
	if err == nil && o.IgnoreCacheControl {
		source.IgnoreCacheControl()
	}
	return source, err
}

// drain reads a short rest, so that the connection of a mere 404 can be used
// again.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 4<<10) }
