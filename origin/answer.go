package origin

import (
	"context"
	stderrors "errors"
	"io"
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// FromAnswer reads the original from a server's answer of status 200. ctx is
// the context of the caller, without the origin's own time limit; server is how
// messages call the server, such as "the web server". Closing the body is left
// to the caller.
func FromAnswer(ctx context.Context, server string, answer *http.Response, maxBytes int64) (*Source, error) {
	source, err := readAnswer(server, answer, maxBytes)
	if err != nil {
		return nil, NetError(ctx, server, err)
	}
	source.described(answer)
	return source, nil
}

// described adds what the header of an answer says of the original.
func (s *Source) described(answer *http.Response) {
	s.ContentType = answer.Header.Get("Content-Type")
	s.ETag = answer.Header.Get("ETag")
	s.CacheControl = strings.Join(answer.Header.Values("Cache-Control"), ", ")
	s.Header = answer.Header
	// A date that cannot be read is as good as none (RFC 9110 section 8.8.2).
	s.LastModified, _ = http.ParseTime(answer.Header.Get("Last-Modified"))
}

// readAnswer reads the body of an answer. It is decoded if it is compressed with gzip:
// servers do not send otherwise what they keep so, whatever they are asked for.
func readAnswer(server string, answer *http.Response, maxBytes int64) (*Source, error) {
	codings := Codings(answer.Header)
	if len(codings) == 0 {
		return Read(answer.Body, answer.ContentLength, maxBytes)
	}
	if !IsGzip(codings) {
		return nil, errors.New(errors.Unidentified, "The answer of %s is compressed with %s, though it was asked not to be; gzip is what can be decoded", server, errors.Quote(strings.Join(codings, ", ")))
	}
	if answer.ContentLength > maxBytes {
		return nil, TooLong(maxBytes)
	}
	source, err := Gunzip(io.LimitReader(answer.Body, maxBytes+maxBytes>>8+1<<16), maxBytes)
	if stderrors.Is(err, ErrGzip) {
		return nil, errors.New(errors.Unidentified, "The answer of %s says that it is compressed with gzip, and is not, or is damaged or truncated", server).Because(err)
	}
	if err != nil {
		return nil, err
	}
	source.Decoded = true
	answer.Header.Del("Content-Encoding")
	answer.Header.Del("Content-Length")
	return source, nil
}
