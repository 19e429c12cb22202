package images

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/caddyserver/caddy/v2"

	"github.com/caddy-images/caddy-images/server"
)

// Post lets clients send an image and get what is made of it, by `POST` to
// the endpoint, as multipart/form-data with the image in the field `file`.
// Nothing is stored.
type Post struct {
	// The tokens of those who may, of which a request has one in the header
	// `Authorization: Bearer <token>`. At least one is needed, or Open.
	Tokens []string `json:"tokens,omitempty"`

	// Whether everybody may. Default: `false`
	Open bool `json:"open,omitempty"`

	// The largest image, in bytes; at most max_source_size. Default: 20971520
	// (20 MiB), or max_source_size where that is less.
	MaxSize int64 `json:"max_size,omitempty"`
}

const defaultPostSize = 20 << 20

// provision checks a Post. Its errors show no token.
func (p *Post) provision(repl *caddy.Replacer, maxSourceSize int64) (*server.Post, error) {
	switch {
	case p == nil:
		return nil, nil
	case p.Open && len(p.Tokens) > 0:
		return nil, fmt.Errorf("post is open, and has a token; it takes one of them")
	case !p.Open && len(p.Tokens) == 0:
		return nil, fmt.Errorf("post has no token that clients must send; it takes token, or open, which lets everybody in")
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
			return nil, fmt.Errorf("post has a token that is empty, or has characters other than printable ASCII without spaces")
		}
		ready.Tokens = append(ready.Tokens, sha256.Sum256([]byte(token)))
	}
	return ready, nil
}
