package reroute

import (
	"context"
	stderrors "errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// A URL names more files than its original: the default image, and the files
// of layers. Handlers before this one have seen only the path of the
// original, and a rule that protects /private/* would not protect
// /a.jpg?tr=di-private@@b.jpg. So before such a file is fetched, a request
// for it is sent through the site's routes. It ends when it reaches this
// handler, or when a rule stops it.

// probe is carried in the context of such a request.
type probe struct {
	router  *Router
	ref     origin.Ref
	arrived *Arrival // at the handler; nil until then
}

// Arrival is a request as it reaches the handler: with the header, the
// variables and the root directory that the site's routes have set, and the
// handlers behind. A file is fetched by the request that the routes let
// through for it, since its origin may depend on those.
type Arrival struct {
	Ctx     context.Context
	Request *http.Request
	Next    caddyhttp.Handler
}

type probeKey struct{}

// Probe handles a request that is a probe, and reports whether it is one. A
// probe for another router's handler goes on to the next handler if this one
// would pass such a request on.
func (t *Router) Probe(w http.ResponseWriter, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request, err error) (isProbe bool, served error) {
	p, _ := r.Context().Value(probeKey{}).(*probe)
	switch {
	case p == nil:
		return false, nil
	case t != p.router && t.passes(r, asked, err):
		return true, nextHandler.ServeHTTP(w, r)
	}
	p.arrive(t, r, nextHandler, asked)
	return true, nil
}

// arrive notes that the probe has reached a handler. Even if the query names
// another original, the path is that of the file.
func (p *probe) arrive(at *Router, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request) {
	path := asked.Ref.Path
	if asked.Ref.Server != "" {
		ref, _ := origin.ParseRef(at.Below(r), "")
		path = ref.Path
	}
	if at != p.router || at.HasDetour(r) || path != p.ref.Path || !matchersSee(r.URL.Path, at.language.Endpoint(), p.ref) {
		return
	}
	ctx := context.WithValue(r.Context(), probeKey{}, (*probe)(nil)) // its own requests are not probes
	p.arrived = &Arrival{ctx, r.WithContext(ctx), nextHandler}
}

// CheckSeen refuses a request if Caddy's path matchers saw another file in
// its path than the original: their rules would not protect it.
func (t *Router) CheckSeen(r *http.Request, asked transform.Request) error {
	if asked.Ref.Server != "" || asked.Ref.Path == "" || matchersSee(r.URL.Path, t.language.Endpoint(), asked.Ref) {
		return nil
	}
	return errors.New(errors.BadTransform, "The access rules of this site see another file in this path; empty, \".\" and \"..\" segments are not allowed")
}

// matchersSee reports whether Caddy's path matchers, which clean paths before
// they compare them, see the file in a decoded request path.
func matchersSee(path, endpoint string, ref origin.Ref) bool {
	own, err := url.PathUnescape(endpoint + "/" + ref.Path)
	return err == nil && cleaned(own) == cleaned(path)
}

func cleaned(path string) string { return caddyhttp.CleanPath("/"+strings.TrimLeft(path, "/"), true) }

// Reach returns the request for fetching a file that the URL names besides
// its original: the request for the file's own path, as it reaches the
// handler. own is the path of the original, as the URL has it below the
// endpoint. The error is the one the client would get for the file.
//
// The arrival is valid until ctx is done.
func (t *Router) Reach(ctx context.Context, r *http.Request, own string, ref origin.Ref) (*Arrival, error) {
	server, _ := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	received, _ := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	if server == nil || received.URL == nil {
		return nil, errHidden
	}
	escaped, ok := sibling(received.URL.EscapedPath(), own, ref)
	path, err := url.PathUnescape(escaped)
	if !ok || err != nil {
		return nil, errNoSibling
	}
	probed, cancel := context.WithCancel(ctx)
	p := &probe{router: t, ref: ref}
	r = r.Clone(context.WithValue(probed, probeKey{}, p))
	r.URL = &url.URL{Scheme: received.URL.Scheme, Host: received.URL.Host, Path: path, RawPath: escaped, RawQuery: received.URL.RawQuery}
	r.RequestURI = r.URL.RequestURI()
	begun := func() { // another handler responds; after the arrival that does not matter
		if p.arrived == nil {
			cancel()
		}
	}
	w := &Nowhere{header: make(http.Header), begun: begun}
	p.send(t.chain(server), w, caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, server))
	if p.arrived == nil {
		cancel()
		return nil, errHidden
	}
	context.AfterFunc(ctx, cancel)
	return p.arrived, nil
}

// send sends the probe through the site's routes. Another handler that it
// reaches may panic like reverse_proxy, which would end the client's
// connection.
func (p *probe) send(routes caddyhttp.Handler, w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	_ = routes.ServeHTTP(w, r)
}

var (
	errHidden    = errors.New(errors.Forbidden, "This site does not serve this file to you by this handler")
	errNoSibling = errors.New(errors.BadTransform, "The path of the original was rewritten, so the URL of this file, and whether access rules allow it, is unknown; use a named transformation")
)

// sibling returns the path for ref, given the escaped path of an original
// whose own path, or whole URL, is own: everything before own stays. ok is
// false if the path, rewritten on its way here, does not end in own.
func sibling(escaped, own string, ref origin.Ref) (path string, ok bool) {
	if own == "" {
		escaped = strings.TrimSuffix(escaped, "/") + "/" // the endpoint itself
	}
	segments, last := strings.Split(escaped, "/"), strings.Split(own, "/")
	if isURL(last[0]) {
		at := slices.IndexFunc(segments, isURL)
		return strings.Join(segments[:max(at, 0)], "/") + "/" + ref.Path, at > 0
	}
	at := len(segments) - len(last)
	if at < 1 || find(segments[at:], last) != 0 {
		return "", false
	}
	return strings.Join(segments[:at], "/") + "/" + ref.Path, true
}

// isURL reports whether a segment begins a whole URL.
func isURL(segment string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(decoded(segment)), ":")
	return ok && (scheme == "http" || scheme == "https")
}

// Nowhere is an http.ResponseWriter for a response without a client. Writing
// fails, so that the handler stops: the body may be gigabytes, or a stream
// without an end.
type Nowhere struct {
	header http.Header
	begun  func() // may be nil
}

// NewNowhere returns a Nowhere.
func NewNowhere() *Nowhere { return &Nowhere{header: make(http.Header)} }

var errNowhere = stderrors.New("this response has no client")

// Header implements http.ResponseWriter.
func (w *Nowhere) Header() http.Header { return w.header }

// Write implements http.ResponseWriter.
func (w *Nowhere) Write([]byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return 0, errNowhere
}

// WriteHeader implements http.ResponseWriter.
func (w *Nowhere) WriteHeader(status int) {
	if w.begun != nil && status >= 200 {
		w.begun()
	}
}
