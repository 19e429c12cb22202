package images

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	stderrors "errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Post lets clients send a picture and get what is made of it, by `POST` to the
// endpoint, as multipart/form-data with the picture in the field `file`. Nothing is
// stored.
type Post struct {
	// The tokens of those who may, of which a request has one in the header
	// `Authorization: Bearer <token>`. At least one is needed, or Open.
	Tokens []string `json:"tokens,omitempty"`

	// Whether everybody may. Default: `false`
	Open bool `json:"open,omitempty"`

	// The largest picture, in bytes; at most max_source_size. Default: 20971520
	// (20 MiB), or max_source_size where that is less.
	MaxSize int64 `json:"max_size,omitempty"`
}

const defaultPostSize = 20 << 20

// post is a Post that is ready to be used; nil for none.
type post struct {
	tokens  [][sha256.Size]byte // hashes; none for everybody
	maxSize int64
}

// provision checks a Post. Its errors show no token.
func (p *Post) provision(repl *caddy.Replacer, maxSourceSize int64) (*post, error) {
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
	ready := &post{maxSize: p.MaxSize}
	if ready.maxSize == 0 {
		ready.maxSize = min(defaultPostSize, maxSourceSize)
	}
	tokens, err := allReplaced(repl, "post token", p.Tokens)
	if err != nil {
		return nil, err
	}
	for _, token := range tokens {
		if token == "" || strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return nil, fmt.Errorf("post has a token that is empty, or has characters other than printable ASCII without spaces")
		}
		ready.tokens = append(ready.tokens, sha256.Sum256([]byte(token)))
	}
	return ready, nil
}

// admits tells whether a request has one of the tokens. What it takes does not
// depend on which, or on how much of it is right.
func (p *post) admits(r *http.Request) bool {
	if len(p.tokens) == 0 {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given := sha256.Sum256([]byte(strings.TrimSpace(token)))
	found := 0
	for _, known := range p.tokens {
		found |= subtle.ConstantTimeCompare(known[:], given[:])
	}
	return found == 1 && strings.EqualFold(scheme, "Bearer")
}

// uploaded names the original that came with the request.
var uploaded = origin.Ref{Path: "upload"}

// takesPost tells whether the request sends a picture: by POST to the endpoint.
func (h *Handler) takesPost(r *http.Request) bool {
	return r.Method == http.MethodPost && h.post != nil && h.below(r) == ""
}

// servePost answers with what the request asks for of the picture that it brings.
func (h *Handler) servePost(w http.ResponseWriter, r *http.Request, nextHandler caddyhttp.Handler) error {
	if !h.post.admits(r) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		return h.fail(w, r, errors.New(errors.Unauthorized, "The request takes a token that this server knows, in the header Authorization: Bearer"))
	}
	sent, err := h.receive(w, r)
	if stderrors.Is(err, os.ErrDeadlineExceeded) {
		// A deadline of ours for reading looks as if the client had left.
		r = r.WithContext(context.WithoutCancel(r.Context()))
	}
	if err != nil {
		return h.fail(w, r, err)
	}
	asked, err := h.parsePost(r, sent.query)
	if err != nil {
		return h.fail(w, r, err)
	}
	ctx, cancel := h.limited(r)
	defer cancel()
	a, body, err := h.process(ctx, reading(r), nextHandler, asked, sent.file)
	if err != nil {
		return h.fail(w, r, err)
	}
	return h.send(w, reading(r), a, body)
}

// parsePost reads what is asked for, by the query and by the fields of the form.
func (h *Handler) parsePost(r *http.Request, query string) (transform.Request, error) {
	asked, _, err := h.language.Parse(h.language.Endpoint()+"/"+uploaded.Path, query)
	if err != nil {
		return asked, err
	}
	if asked.Ref != uploaded {
		return asked, errors.New(errors.BadTransform, "The picture comes with the request; it takes no parameter that says where another one is")
	}
	asked.Plan.Still = asked.Plan.Still || !*h.AllowAnimatedGIFs
	asked.Named = false // who sends a form gets no file of the site that they may not have, by a preset either
	return asked, h.admit(r, nil, &asked)
}

// process makes of a picture that came with a request what it asks for.
func (h *Handler) process(ctx context.Context, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request, original *origin.Source) (answer, []byte, error) {
	a := answer{cacheControl: "no-store"}
	original, err := unpacked(original, h.post.maxSize)
	if errors.Is(err, errors.Limit) {
		err = h.post.tooLong()
	}
	if err != nil {
		return a, nil, err
	}
	if is, _ := wanted(asked); !is(original.Body) {
		if sniff.IsGzip(original.Body) {
			return a, nil, errors.New(errors.BadImage, "The file is compressed with gzip, and what is in it is no SVG")
		}
		return a, nil, errors.New(errors.BadImage, "The file is not an image in a format that can be read")
	}
	engine, giveBack, err := h.borrowEngine()
	if err != nil {
		return a, nil, err
	}
	defer giveBack()
	if asked.Meta {
		a.contentType = "application/json"
		body, err := h.inspect(ctx, engine, original, h.sentBy(r))
		return a, body, err
	}
	client := h.tailor(r, asked.Plan, original.Body)
	client.source = h.sentBy(r)
	asked.Plan = client.Plan
	if err := h.checkFile(asked.Plan, original.Body); err != nil {
		return a, nil, err
	}
	files, err := h.fetchLayers(ctx, r, nextHandler, asked, original)
	if err != nil {
		return a, nil, err
	}
	if asked.Plan.IsZero() {
		a.contentType = typeOf(original, asked.Ref)
		return a, original.Body, nil
	}
	drawn, err := h.render(ctx, r, engine, client, original, files, nil)
	a.contentType = drawn.contentType
	return a, drawn.body, err
}

// reading is the request as one that only reads, for whoever is asked on its
// behalf: without its body, its token, and conditions on what it would read.
func reading(r *http.Request) *http.Request {
	r = r.Clone(r.Context())
	r.Method, r.Body, r.ContentLength = http.MethodGet, http.NoBody, 0
	for name := range r.Header {
		if slices.Contains([]string{"Authorization", "Expect", "Range"}, name) || strings.HasPrefix(name, "If-") || strings.HasPrefix(name, "Content-") {
			r.Header.Del(name)
		}
	}
	return r
}

// methods are those that the URL of a request takes, for the header Allow.
func (h *Handler) methods(r *http.Request) string {
	if h.post != nil && h.below(r) == "" {
		return "GET, HEAD, POST"
	}
	return "GET, HEAD"
}

// methodNotAllowed is the error of a request by another method.
func (h *Handler) methodNotAllowed(r *http.Request) error {
	if r.Method == http.MethodPost && h.post != nil {
		return errors.New(errors.MethodNotAllowed, "Pictures are sent to the endpoint itself, and not stored under a path")
	}
	return errors.New(errors.MethodNotAllowed, "Images are read with GET or HEAD")
}

// isTooLong tells whether reading a body ended because there was more than allowed.
func isTooLong(err error) bool {
	_, ok := stderrors.AsType[*http.MaxBytesError](err)
	return ok
}
