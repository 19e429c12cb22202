package web

import (
	"context"
	"io"
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
)

// server is how messages call the other side.
const server = "the web server"

// Fetch implements origin.Origin.
func (o *Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	timed, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	answer, err := o.client.Do(o.request(timed, req))
	if err != nil {
		return nil, origin.NetError(ctx, server, err)
	}
	defer answer.Body.Close()
	if err := refusal(answer); err != nil {
		drain(answer.Body)
		return nil, err
	}
	body, err := origin.ReadBody(answer.Body, answer.ContentLength, req.MaxBytes)
	if err != nil {
		return nil, origin.NetError(ctx, server, err)
	}
	source := &origin.Source{
		Body:         body,
		ContentType:  answer.Header.Get("Content-Type"),
		ETag:         answer.Header.Get("ETag"),
		CacheControl: strings.Join(answer.Header.Values("Cache-Control"), ", "),
		Header:       answer.Header,
	}
	// A date that cannot be read is as good as none (RFC 9110 section 8.8.2).
	source.LastModified, _ = http.ParseTime(answer.Header.Get("Last-Modified"))
	return source, nil
}

// drain reads a short rest, so that the connection of a mere 404 can be used
// again.
func drain(body io.Reader) { _, _ = io.CopyN(io.Discard, body, 4<<10) }

// refusal is the error of an answer that brings no original; nil when it does.
func refusal(answer *http.Response) error {
	if answer.StatusCode != http.StatusOK {
		return origin.StatusError(server, answer.StatusCode)
	}
	if encoding := answer.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return errors.New(errors.Unidentified, "The web server encoded its answer, though it was asked not to")
	}
	return nil
}
