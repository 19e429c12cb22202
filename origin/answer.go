package origin

import (
	"context"
	"net/http"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// FromAnswer reads the original from a server's answer of status 200. ctx is
// the context of the caller, without the origin's own time limit; server is how
// messages call the server, such as "the web server". Closing the body is left
// to the caller.
func FromAnswer(ctx context.Context, server string, answer *http.Response, maxBytes int64) (*Source, error) {
	if encoding := answer.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, errors.New(errors.Unidentified, "The answer of %s is compressed, though it was asked not to be", server)
	}
	source, err := Read(answer.Body, answer.ContentLength, maxBytes)
	if err != nil {
		return nil, NetError(ctx, server, err)
	}
	source.ContentType = answer.Header.Get("Content-Type")
	source.ETag = answer.Header.Get("ETag")
	source.CacheControl = strings.Join(answer.Header.Values("Cache-Control"), ", ")
	source.Header = answer.Header
	// A date that cannot be read is as good as none (RFC 9110 section 8.8.2).
	source.LastModified, _ = http.ParseTime(answer.Header.Get("Last-Modified"))
	return source, nil
}
