// Package next is the origin that asks the handlers behind this one:
// file_server, reverse_proxy, or any other.
package next

import (
	"context"
	stderrors "errors"
	"maps"
	"net/http"
	"net/url"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/caddyconfig/caddyfile"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
)

func init() { caddy.RegisterModule(Origin{}) }

// Origin asks the handlers behind `images` for the original. It is the
// default if no origin is configured.
//
// They are asked with GET, without Range and without the client's conditions,
// whatever the client sent, and see the URL without its transformation. A
// response that is not an image, or has `Cache-Control: no-transform`,
// reaches the client untouched.
type Origin struct{}

// ErrAnswered is returned by Fetch if the handlers' response is not to be
// transformed and was already sent to the client.
var ErrAnswered = stderrors.New("the next handler has answered the client")

// Call is the HTTP request being served, for Fetch.
type Call struct {
	Writer  http.ResponseWriter
	Request *http.Request
	Handler caddyhttp.Handler

	// Prefix is the escaped path before the original's, without a trailing
	// slash; may be empty.
	Prefix string

	// Header is added to a response that is passed through, except for fields
	// that it already has; may be nil.
	Header http.Header

	// IsImage reports by its bytes whether a file is an image to transform,
	// or otherwise suitable for the request.
	IsImage func(file []byte) bool

	// MediaTypes are prefixes of media types of other suitable files, such as
	// "font/"; may be nil.
	MediaTypes []string

	// MayPass decides by the header whether a response that is not to be
	// transformed may be sent to the client. It may change the header. Fetch
	// returns its error.
	MayPass func(http.Header) error
}

type callKey struct{}

// WithCall returns a context for Fetch with the Call in it.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// CallOf returns the Call of a context made by WithCall.
func CallOf(ctx context.Context) (c Call, ok bool) {
	c, ok = ctx.Value(callKey{}).(Call)
	return c, ok
}

// CaddyModule returns the Caddy module information.
func (Origin) CaddyModule() caddy.ModuleInfo {
	return caddy.ModuleInfo{
		ID:  "http.images.origins.next",
		New: func() caddy.Module { return new(Origin) },
	}
}

// UnmarshalCaddyfile sets up the origin from Caddyfile tokens:
//
//	origin next
func (*Origin) UnmarshalCaddyfile(d *caddyfile.Dispenser) error {
	d.Next()
	if d.NextArg() {
		return d.ArgErr()
	}
	if d.NextBlock(d.Nesting()) {
		return d.Errf("origin next has no option %q", d.Val())
	}
	return nil
}

// RequestBound marks that the response belongs to one request.
func (Origin) RequestBound() {}

// Fetch asks the handlers. It must run on the goroutine of the request, with
// a context from WithCall.
func (Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	call, ok := CallOf(ctx)
	if !ok {
		return nil, errors.New(errors.Internal, "The image server failed").Because(stderrors.New("origin next outside of an HTTP request"))
	}
	w := &writer{ctx: ctx, body: held.NewBuffer(ctx), client: call.Writer, isImage: call.IsImage, mediaTypes: call.MediaTypes, mayPass: call.MayPass, added: call.Header, header: make(http.Header), maxBytes: req.MaxBytes}
	asking, stop := whileKept(ctx, call.Request.Context(), w)
	defer stop()
	inner, err := innerRequest(asking, call, req.Ref)
	if err != nil {
		return nil, err
	}
	req.Known.SetConditions(inner.Header)
	err = serve(call.Handler, w, inner)
	w.end()
	if w.passing.Load() {
		if err != nil {
			// Half of a response was sent. Only closing the connection can
			// tell the client.
			panic(http.ErrAbortHandler)
		}
		return nil, ErrAnswered
	}
	if ctx.Err() != nil {
		return nil, origin.GivenUp(ctx)
	}
	if w.refusal != nil {
		return nil, w.refusal
	}
	if err != nil {
		return nil, failure(err, w.header)
	}
	if unhandled, _ := caddyhttp.GetVar(inner.Context(), "unhandled").(bool); unhandled && w.status == 0 {
		return nil, errors.New(errors.NotFound, "No file was found on this site at the specified path").Because(&Refusal{Header: w.header})
	}
	if req.Known.IsUnchanged(w.status) {
		return w.unchanged(), nil
	}
	return w.source()
}

// whileKept returns ctx extended to the client's own context once the
// response is being passed to the client: a download is not a fetch, and
// takes its time.
func whileKept(ctx, client context.Context, w *writer) (context.Context, context.CancelFunc) {
	asking, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	left := context.AfterFunc(client, func() { cancel(context.Cause(client)) })
	late := context.AfterFunc(ctx, func() {
		if !w.passing.Load() {
			cancel(context.Cause(ctx))
		}
	})
	return asking, func() {
		left()
		late()
		cancel(nil)
	}
}

// innerRequest returns the request that the handlers see: a GET for the whole
// original at the URL without its transformation, with matching placeholders,
// and with the variables and placeholders that earlier handlers set.
func innerRequest(ctx context.Context, call Call, ref origin.Ref) (*http.Request, error) {
	r := call.Request.Clone(ctx)
	r.Method = http.MethodGet
	r.Body, r.ContentLength = http.NoBody, 0
	for _, name := range []string{"Range", "If-Range", "If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"} {
		r.Header.Del(name)
	}
	r.Header.Set("Accept-Encoding", "identity")

	escaped := call.Prefix + "/" + ref.Path
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, errors.New(errors.BadTransform, "The path has a malformed percent-encoding").Because(err)
	}
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = path, escaped, ref.Query
	r.RequestURI = r.URL.RequestURI()

	server, _ := ctx.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if server == nil {
		return r, nil
	}
	repl := caddy.NewReplacer()
	r = caddyhttp.PrepareRequest(r, repl, call.Writer, server)
	if asked, ok := ctx.Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		repl.Map(asked.Get) // set by earlier handlers: outputs of map, the user's name
	}
	outer, _ := ctx.Value(caddyhttp.VarsCtxKey).(map[string]any)
	vars, _ := r.Context().Value(caddyhttp.VarsCtxKey).(map[string]any)
	maps.Copy(vars, outer)
	delete(vars, "unhandled")
	return r, nil
}

// errAborted replaces http.ErrAbortHandler: reverse_proxy panics with it if
// its backend fails in the middle of a body.
var errAborted = stderrors.New("the next handler aborted")

func serve(h caddyhttp.Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p != http.ErrAbortHandler {
				panic(p)
			}
			err = errAborted
		}
	}()
	return h.ServeHTTP(w, r)
}

// Refusal is the cause of an error if the handlers responded with a status
// other than that of a file. Its header says whether other clients would get
// the same response.
type Refusal struct {
	Header http.Header
	Err    error // the handler's error; may be nil
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return "the next handler responded with that status"
}

// Unwrap returns the handler's error.
func (r *Refusal) Unwrap() error { return r.Err }

// failure classifies an error that the handlers returned.
func failure(err error, header http.Header) error {
	if err == errAborted {
		return brokeOff(err)
	}
	var he caddyhttp.HandlerError
	if stderrors.As(err, &he) && he.StatusCode != 0 {
		return origin.StatusError("this site", he.StatusCode).Because(&Refusal{header, err})
	}
	return errors.New(errors.Unidentified, "This site failed").Because(err)
}

func brokeOff(cause error) error {
	return errors.New(errors.Unidentified, "This site's response is incomplete").Because(cause)
}

// Interface guards
var (
	_ origin.RequestBound   = Origin{}
	_ caddyfile.Unmarshaler = (*Origin)(nil)
)
