package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	stderrors "errors"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/form"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Post lets clients send an image and get what is made of it, by POST to the endpoint.
type Post struct {
	Tokens  [][sha256.Size]byte // hashes of those that admit a client; none admit all
	MaxSize int64               // of the image, in bytes
}

// admits reports whether a request has one of the tokens. The time it takes does not
// depend on which, or on how much of it is right.
func (p *Post) admits(r *http.Request) bool {
	if len(p.Tokens) == 0 {
		return true
	}
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	given := sha256.Sum256([]byte(strings.TrimSpace(token)))
	found := 0
	for _, known := range p.Tokens {
		found |= subtle.ConstantTimeCompare(known[:], given[:])
	}
	return found == 1 && strings.EqualFold(scheme, "Bearer")
}

// uploaded names the original that came with the request.
var uploaded = origin.Ref{Path: "upload"}

// takesPost reports whether the request sends an image: by POST to the endpoint.
func (q *request) takesPost() bool {
	return q.r.Method == http.MethodPost && q.Post != nil && q.router.Below(q.r) == ""
}

// servePost answers with what the request asks for of the image that it brings.
func (q *request) servePost() error {
	if !q.Post.admits(q.r) {
		q.w.Header().Set("WWW-Authenticate", "Bearer")
		return q.fail(errors.New(errors.Unauthorized, "The request takes a token that this server knows, in the header Authorization: Bearer"))
	}
	sent, err := form.Receive(q.w, q.r, form.Limits{MaxSize: q.Post.MaxSize, Timeout: q.FetchTimeout})
	if stderrors.Is(err, os.ErrDeadlineExceeded) {
		// A deadline of ours for reading looks as if the client had left.
		q.r = q.r.WithContext(context.WithoutCancel(q.r.Context()))
	}
	if err != nil {
		return q.fail(err)
	}
	if err := q.parsePost(sent.Query); err != nil {
		return q.fail(err)
	}
	q.sent, q.r = q.r, reading(q.r)
	return q.answer(func() (err error) {
		q.original, err = q.uploadedFile(sent.File)
		return err
	})
}

// parsePost reads what is asked for, by the query and by the fields of the form.
func (q *request) parsePost(query string) (err error) {
	q.asked, _, err = q.Language.Parse(q.Language.Endpoint()+"/"+uploaded.Path, query)
	if err != nil {
		return err
	}
	if q.asked.Ref != uploaded {
		return errors.New(errors.BadTransform, "The picture comes with the request; it takes no parameter that says where another one is")
	}
	q.asked.Plan.Still = q.asked.Plan.Still || !q.AllowsAnimation
	q.asked.Named = false // who sends a form gets no file of the site that they may not have, by a preset either
	return q.admit(nil)
}

// uploadedFile checks a file that came with the request.
func (q *request) uploadedFile(source *origin.Source) (*file, error) {
	source, err := unpacked(source, q.Post.MaxSize)
	if errors.Is(err, errors.Limit) {
		err = form.TooLong(q.Post.MaxSize)
	}
	if err != nil {
		return nil, err
	}
	if is, _ := wanted(q.asked); !is(source.Body) {
		if sniff.IsGzip(source.Body) {
			return nil, errors.New(errors.BadImage, "The file is compressed with gzip, and what is in it is no SVG")
		}
		return nil, errors.New(errors.BadImage, "The file is not an image in a format that can be read")
	}
	return newFile(source, q.asked.Ref), nil
}

// sentBy says who sent the original that came with the request.
func (q *request) sentBy() render.Source {
	client, ok := caddyhttp.GetVar(q.r.Context(), caddyhttp.ClientIPVarKey).(string)
	if !ok || client == "" {
		client = q.r.RemoteAddr
		if host, _, err := net.SplitHostPort(client); err == nil {
			client = host
		}
	}
	return render.Source{Site: q.Site, Ref: origin.Ref{Server: "client " + client}}
}

// reading returns the request as one that only reads, for all that is asked
// on its behalf: without its body, its token, and conditions on what it would
// read.
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

// methods returns those that the URL of the request takes, for the header
// Allow.
func (q *request) methods() string {
	if q.Post != nil && q.router.Below(q.r) == "" {
		return "GET, HEAD, POST"
	}
	return "GET, HEAD"
}

// methodNotAllowed returns the error of a request by another method.
func (q *request) methodNotAllowed() error {
	if q.r.Method == http.MethodPost && q.Post != nil {
		return errors.New(errors.MethodNotAllowed, "Pictures are sent to the endpoint itself, and not stored under a path")
	}
	return errors.New(errors.MethodNotAllowed, "Images are read with GET or HEAD")
}
