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
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/form"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Post lets clients send an image by POST to the endpoint and get its
// variant.
type Post struct {
	Tokens  [][sha256.Size]byte // hashes of the accepted tokens; none admits everyone
	MaxSize int64               // of the image, in bytes
}

// admits reports whether the request has one of the tokens. It takes constant
// time.
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

// uploaded names an original that came with the request.
var uploaded = origin.Ref{Path: "upload"}

// takesPost reports whether the request posts an image to the endpoint.
func (q *request) takesPost() bool {
	return q.r.Method == http.MethodPost && q.Post != nil && q.router.Below(q.r) == ""
}

// servePost responds with the variant of the posted image.
func (q *request) servePost() error {
	if !q.Post.admits(q.r) {
		q.w.Header().Set("WWW-Authenticate", "Bearer")
		return q.fail(errors.New(errors.Unauthorized, "The request needs a valid token in the header Authorization: Bearer"))
	}
	meter := q.Memory.Bodies.Posting(q.QueueTimeout)
	defer meter.Cancel() // unless there is a file
	counting := held.WithMeter(q.r.Context(), meter)
	sent, err := form.Receive(counting, q.w, q.r, form.Limits{MaxSize: q.Post.MaxSize, Timeout: q.FetchTimeout})
	if stderrors.Is(err, os.ErrDeadlineExceeded) {
		// A read deadline of ours would look as if the client had left.
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
		if q.original, err = q.uploadedFile(counting, sent.File); err == nil {
			q.original.Counted(meter.Body(len(q.original.Body)))
		}
		return err
	})
}

// parsePost reads the parameters from the query and from the fields of the
// form.
func (q *request) parsePost(query string) (err error) {
	q.asked, _, err = q.Language.Parse(q.Language.Endpoint()+"/"+uploaded.Path, query)
	if err != nil {
		return err
	}
	if q.asked.Ref != uploaded {
		return errors.New(errors.BadTransform, "The image comes with the request; parameters that name another original are not allowed")
	}
	q.asked.Plan.Still = q.asked.Plan.Still || !q.AllowsAnimation
	q.asked.Named = false // a preset in a form opens no protected file of the site
	return q.admit(nil)
}

// uploadedFile checks the posted file, whose bytes the held.Meter of a context counts.
func (q *request) uploadedFile(counting context.Context, source *origin.Source) (*file, error) {
	source, err := unpacked(counting, source, q.Post.MaxSize)
	if errors.Is(err, errors.Limit) {
		err = form.TooLong(q.Post.MaxSize)
	}
	if err != nil {
		return nil, err
	}
	if is, _ := wanted(q.asked); !is(source.Body) {
		if sniff.IsGzip(source.Body) {
			return nil, errors.New(errors.BadImage, "The file is compressed with gzip and does not contain an SVG")
		}
		return nil, errors.New(errors.BadImage, "The file is not an image in a format that can be read")
	}
	return newFile(source, q.asked.Ref), nil
}

// sentBy identifies the sender of the posted original for the quarantine.
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

// reading returns the request as a plain read, for everything asked on its
// behalf: without its body, its token, and its conditions.
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

// methods returns the methods that the URL takes, for the header Allow.
func (q *request) methods() string {
	if q.Post != nil && q.router.Below(q.r) == "" {
		return "GET, HEAD, POST"
	}
	return "GET, HEAD"
}

// methodNotAllowed returns the error for another method.
func (q *request) methodNotAllowed() error {
	if q.r.Method == http.MethodPost && q.Post != nil {
		return errors.New(errors.MethodNotAllowed, "Images are posted to the endpoint itself and are not stored under a path")
	}
	return errors.New(errors.MethodNotAllowed, "Images are read with GET or HEAD")
}
