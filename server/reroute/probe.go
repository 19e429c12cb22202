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

// A URL names more files than its original: the default image, and the files of
// layers. What stands before this handler has seen the path of the original only,
// and a rule that protects /private/* would not protect
// /a.jpg?tr=di-private@@b.jpg. So before such a file is fetched a request for it is
// sent through the site's routes. It ends where it comes to this handler, or where
// a rule stops it.

// probe is carried by such a request.
type probe struct {
	router  *Router
	ref     origin.Ref
	arrived *Arrival // at the handler, for the file; nil until then
}

// Arrival is a request as it is when it comes to the handler: with the header, the
// variables and the root directory that the site's routes have given it on its way, and
// the handlers behind. A file is fetched by the request that was let through for it,
// for what is behind may be decided by those.
type Arrival struct {
	Ctx     context.Context
	Request *http.Request
	Next    caddyhttp.Handler
}

type probeKey struct{}

// Probe takes a request that is a probe, and reports whether it is one. A probe for the
// handler of another router goes on to the next handler if this one would leave such a
// request to it.
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

// arrive notes that the probe has come to a handler. If the query says that the original
// is elsewhere, the path is that of the file all the same.
func (p *probe) arrive(at *Router, r *http.Request, nextHandler caddyhttp.Handler, asked transform.Request) {
	path := asked.Ref.Path
	if asked.Ref.Server != "" {
		ref, _ := origin.ParseRef(at.Below(r), "")
		path = ref.Path
	}
	if at != p.router || at.HasDetour(r) || path != p.ref.Path || !matchersSee(r.URL.Path, at.language.Endpoint(), p.ref) {
		return
	}
	ctx := context.WithValue(r.Context(), probeKey{}, (*probe)(nil)) // what it asks for is no probe
	p.arrived = &Arrival{ctx, r.WithContext(ctx), nextHandler}
}

// CheckSeen refuses a request whose original is another file than the one that Caddy's
// path matchers took its path for: what they protect would not be protected.
func (t *Router) CheckSeen(r *http.Request, asked transform.Request) error {
	if asked.Ref.Server != "" || asked.Ref.Path == "" || matchersSee(r.URL.Path, t.language.Endpoint(), asked.Ref) {
		return nil
	}
	return errors.New(errors.BadTransform, "The path means another file to the access rules of this site; it takes no empty, \".\" or \"..\" segments")
}

// matchersSee reports whether Caddy's path matchers, which clean paths before they
// compare them, take a request's path, decoded, for that of the file.
func matchersSee(path, endpoint string, ref origin.Ref) bool {
	own, err := url.PathUnescape(endpoint + "/" + ref.Path)
	return err == nil && cleaned(own) == cleaned(path)
}

func cleaned(path string) string { return caddyhttp.CleanPath("/"+strings.TrimLeft(path, "/"), true) }

// Reach returns the request by which a file is fetched that the URL names beside its
// original: that for the file's own path, as it arrives at the handler. own is the path of
// the original, as the URL has it below the endpoint. The error is that of a file which
// the client could not get so.
//
// The arrival is good for as long as ctx is not done.
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
	begun := func() { // by a handler that it gets to instead; what comes after the arrival does not matter
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

// send has the site's routes answer the probe. A handler that it gets to instead may
// break off, as reverse_proxy does, by a panic that would end the connection.
func (p *probe) send(routes caddyhttp.Handler, w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler {
			panic(v)
		}
	}()
	_ = routes.ServeHTTP(w, r)
}

var (
	errHidden    = errors.New(errors.Forbidden, "This site does not show this file to you by this handler")
	errNoSibling = errors.New(errors.BadTransform, "The path of the original was rewritten, so the URL of this file is not known, nor whether access rules allow it; a named transformation may have it")
)

// sibling returns the path of ref where escaped is that of an original whose
// own path is own, or a whole URL: whatever stands before that stays. ok is
// false where the path, rewritten on its way here, does not end in it.
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

// isURL reports whether a whole URL begins with a segment.
func isURL(segment string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(decoded(segment)), ":")
	return ok && (scheme == "http" || scheme == "https")
}

// Nowhere is an http.ResponseWriter for a response without a client. A handler that
// begins one is told to stop: it may be a file of gigabytes, or a stream that never
// ends.
type Nowhere struct {
	header http.Header
	begun  func() // may be nil
}

// NewNowhere returns one.
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
