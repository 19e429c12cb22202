package images

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/server"
)

// Post lets clients send an image by `POST` to the endpoint, as
// multipart/form-data with the image in the field `file`, and get its
// variant. Nothing is stored.
type Post struct {
	// The tokens of clients that may post: a request has one in the header
	// `Authorization: Bearer <token>`. Either tokens or Open is required.
	Tokens []string `json:"tokens,omitempty"`

	// Whether everyone may post. Default: `false`
	Open bool `json:"open,omitempty"`

	// The largest image, in bytes; at most max_source_size. Default: 20971520
	// (20 MiB), or max_source_size if that is less.
	MaxSize int64 `json:"max_size,omitempty"`
}

const defaultPostSize = 20 << 20

// provision checks a Post. Its errors do not show tokens.
func (p *Post) provision(repl *caddy.Replacer, maxSourceSize int64) (*server.Post, error) {
	switch {
	case p == nil:
		return nil, nil
	case p.Open && len(p.Tokens) > 0:
		return nil, fmt.Errorf("post has both open and token; it takes one of them")
	case !p.Open && len(p.Tokens) == 0:
		return nil, fmt.Errorf("post has no token; it takes token, or open to let everyone post")
	case p.MaxSize < 0 || p.MaxSize > maxSourceSize:
		return nil, fmt.Errorf("post max_size is %d; it takes 1 to max_source_size, %d", p.MaxSize, maxSourceSize)
	}
	ready := &server.Post{MaxSize: p.MaxSize}
	if ready.MaxSize == 0 {
		ready.MaxSize = min(defaultPostSize, maxSourceSize)
	}
	tokens, err := allReplaced(repl, "post token", p.Tokens)
	if err != nil {
		return nil, err
	}
	for _, token := range tokens {
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, fmt.Errorf("post has a token that is empty or has characters other than printable ASCII without spaces")
		}
		ready.Tokens = append(ready.Tokens, sha256.Sum256([]byte(token)))
	}
	return ready, nil
}
