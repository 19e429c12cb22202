// Package next is the origin "whatever the handlers behind this one answer":
// file_server, reverse_proxy, or anything else that Caddy can do.
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
	"github.com/caddy-images/caddy-images/origin"
)

func init() { caddy.RegisterModule(Origin{}) }

// Origin asks the handlers that come after `images` for the original. It is
// what `images` does when no origin is configured.
//
// They are asked with GET and without Range and conditions, whatever the client
// asked, and see the URL without its transformation. What they answer that is
// not an image, or says `Cache-Control: no-transform`, reaches the client
// untouched.
type Origin struct{}

// ErrAnswered is Fetch's error when the handlers' answer is not for
// transforming and has already been sent to the client as it is.
var ErrAnswered = stderrors.New("the next handler has answered the client")

// Call is the HTTP request that is being served, for Fetch.
type Call struct {
	Writer  http.ResponseWriter
	Request *http.Request
	Handler caddyhttp.Handler

	// Prefix is the escaped path that stands before the original's, without a
	// trailing slash; empty for none.
	Prefix string

	// Header is added to an answer that is passed on as it is, where that has
	// no such header of its own; may be nil.
	Header http.Header

	// IsImage tells, by its bytes, whether a file is an image to transform, or
	// whatever else is asked for.
	IsImage func(file []byte) bool

	// MediaTypes are how media types of what else is asked for begin, as in
	// "font/"; may be nil.
	MediaTypes []string

	// MayPass decides, by its header, whether an answer that is not to be
	// transformed may go on to the client. It may change the header. Its error
	// is Fetch's.
	MayPass func(http.Header) error
}

type callKey struct{}

// WithCall returns a context that Fetch finds the Call in.
func WithCall(ctx context.Context, c Call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
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

// RequestBound marks that the answer belongs to one request.
func (Origin) RequestBound() {}

// Fetch asks the handlers. It must run on the goroutine of the request, within
// a context made by WithCall.
func (Origin) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	call, ok := ctx.Value(callKey{}).(Call)
	if !ok {
		return nil, errors.New(errors.Internal, "The image server failed").Because(stderrors.New("origin next outside of an HTTP request"))
	}
	w := &writer{client: call.Writer, isImage: call.IsImage, mediaTypes: call.MediaTypes, mayPass: call.MayPass, added: call.Header, header: make(http.Header), maxBytes: req.MaxBytes}
	asking, stop := whileKept(ctx, call.Request.Context(), w)
	defer stop()
	inner, err := innerRequest(asking, call, req.Ref)
	if err != nil {
		return nil, err
	}
	err = serve(call.Handler, w, inner)
	w.end()
	if w.passing.Load() {
		if err != nil {
			// Half an answer is out. Ending the connection is all that is left,
			// and it is what tells the client.
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
	return w.source()
}

// whileKept is ctx, but goes on for as long as the client's own once the answer is
// on its way to the client: a download is no fetch, and takes its time.
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
// original, at the URL without its transformation, with placeholders that say
// so and the variables and placeholders that handlers before us set.
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
		repl.Map(asked.Get) // what only handlers before us know: a map's outputs, the user's name
	}
	outer, _ := ctx.Value(caddyhttp.VarsCtxKey).(map[string]any)
	vars, _ := r.Context().Value(caddyhttp.VarsCtxKey).(map[string]any)
	maps.Copy(vars, outer)
	delete(vars, "unhandled")
	return r, nil
}

// errAborted stands for http.ErrAbortHandler: reverse_proxy panics with it when
// its backend breaks off in the middle of a body.
var errAborted = stderrors.New("the next handler broke off")

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

// Refusal is a cause of the error if the handlers answered with a status that
// is none of a file. Its header reports whether other clients would get the
// same answer.
type Refusal struct {
	Header http.Header
	Err    error // what a handler returned; may be nil
}

// Error implements error.
func (r *Refusal) Error() string {
	if r.Err != nil {
		return r.Err.Error()
	}
	return "the next handler answered with that status"
}

// Unwrap returns what the handler returned.
func (r *Refusal) Unwrap() error { return r.Err }

// failure returns the error for one that the handlers returned.
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
	return errors.New(errors.Unidentified, "This site's answer broke off").Because(cause)
}

// Interface guards
var (
	_ origin.RequestBound   = Origin{}
	_ caddyfile.Unmarshaler = (*Origin)(nil)
)
