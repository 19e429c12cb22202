package origin

import (
	"context"
	stderrors "errors"
	"io"
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// FromResponse reads the original from a server's response of status 200. ctx
// is the context of the caller, without the origin's own timeout; server is
// the server's name in messages, such as "the web server". The caller closes
// the body.
func FromResponse(ctx context.Context, server string, response *http.Response, maxBytes int64) (*Source, error) {
	source, err := readResponse(ctx, server, response, maxBytes)
	if err != nil {
		return nil, NetError(ctx, server, err)
	}
	source.described(response)
	return source, nil
}

// described sets what the header of a response says about the original.
func (s *Source) described(response *http.Response) {
	s.ContentType = response.Header.Get("Content-Type")
	s.ETag = response.Header.Get("ETag")
	s.CacheControl = strings.Join(response.Header.Values("Cache-Control"), ", ")
	s.Header = response.Header
	// A date that cannot be parsed is ignored (RFC 9110 section 8.8.2).
	s.LastModified, _ = http.ParseTime(response.Header.Get("Last-Modified"))
}

// readResponse reads the body of a response. gzip is decoded: servers that
// store files compressed send them so regardless of Accept-Encoding.
func readResponse(ctx context.Context, server string, response *http.Response, maxBytes int64) (*Source, error) {
	codings := Codings(response.Header)
	if len(codings) == 0 {
		return Read(ctx, response.Body, response.ContentLength, maxBytes)
	}
	if !IsGzip(codings) {
		return nil, errors.New(errors.Unidentified, "The response of %s is compressed with %s although the request did not accept that; only gzip can be decoded", server, errors.Quote(strings.Join(codings, ", ")))
	}
	if response.ContentLength > maxBytes {
		return nil, TooLong(maxBytes)
	}
	source, err := Gunzip(ctx, io.LimitReader(response.Body, maxBytes+maxBytes>>8+1<<16), maxBytes)
	if stderrors.Is(err, ErrGzip) {
		return nil, errors.New(errors.Unidentified, "The response of %s is marked as gzip and is not gzip, or is damaged or truncated", server).Because(err)
	}
	if err != nil {
		return nil, err
	}
	source.Decoded = true
	response.Header.Del("Content-Encoding")
	response.Header.Del("Content-Length")
	return source, nil
}
