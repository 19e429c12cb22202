package images

import (
	"context"
	stderrors "errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// A URL names other pictures than its original: the default image. What stands
// before this handler has seen the path of the original only, and a rule that
// protects /private/* would not protect /a.jpg?tr=di-private@@b.jpg. So before
// such a picture is fetched a request for it is sent through the site's routes. It
// ends where it gets to this handler, or where a rule stops it.

// probe is carried by such a request.
type probe struct {
	handler *Handler
	ref     origin.Ref
	arrived bool
}

type probeKey struct{}

// probing returns the probe that the request carries, or nil.
func probing(r *http.Request) *probe {
	p, _ := r.Context().Value(probeKey{}).(*probe)
	return p
}

// arrive notes that the probe is here. Where the query says that the original is
// elsewhere, the path is that of the file all the same.
func (p *probe) arrive(h *Handler, r *http.Request, asked transform.Request) {
	path := asked.Ref.Path
	if asked.Ref.Server != "" {
		ref, _ := origin.ParseRef(h.below(r), "")
		path = ref.Path
	}
	p.arrived = h == p.handler && path == p.ref.Path
}

// below is the request's escaped path below the endpoint.
func (h *Handler) below(r *http.Request) string {
	return strings.TrimLeft(strings.TrimPrefix(r.URL.EscapedPath(), h.language.Endpoint()), "/")
}

// mayReach tells whether whoever sent the request could get the picture ref
// from this handler by its own path, too. Where it asks for nothing but names of
// transformations, the operator has named the picture, who may. parameters are what
// a URL names it in, such as `di-`: where the client's own URL has no such thing,
// the operator's rewrite has named the picture.
func (h *Handler) mayReach(ctx context.Context, r *http.Request, asked transform.Request, ref origin.Ref, parameters ...string) bool {
	if asked.Named || ref.Server != "" { // what is not of this site was decided about by the dialect
		return true
	}
	server, _ := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	received, _ := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	if server == nil || received.URL == nil {
		return false
	}
	named := func(parameter string) bool {
		return mayHave(received.URL.EscapedPath(), parameter) || mayHave(received.URL.RawQuery, parameter)
	}
	isPosted := asked.Ref == uploaded // then a form may have named it
	if !isPosted && !slices.ContainsFunc(parameters, named) {
		return true
	}
	own := asked.Ref.Path
	if isPosted || asked.Ref.Server != "" {
		own = h.below(r)
	}
	escaped, ok := sibling(straightPath(r, received.URL), own, ref)
	if !ok {
		return false
	}
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return false
	}
	p := &probe{handler: h, ref: ref}
	ctx, cancel := h.fetching(ctx)
	defer cancel()
	r = r.Clone(context.WithValue(ctx, probeKey{}, p))
	r.URL = &url.URL{Scheme: received.URL.Scheme, Host: received.URL.Host, Path: path, RawPath: escaped, RawQuery: received.URL.RawQuery}
	r.RequestURI = r.URL.RequestURI()
	w := &nowhere{header: make(http.Header), begun: cancel}
	r = caddyhttp.PrepareRequest(r, caddy.NewReplacer(), w, server)
	defer func() {
		if v := recover(); v != nil && v != http.ErrAbortHandler { // a handler that the probe got to instead broke off
			panic(v)
		}
	}()
	_ = h.again.chain(server).ServeHTTP(w, r)
	return p.arrived
}

// mayHave tells whether a part of a URL has a text in it, in whichever encoding: a
// rewrite may have decoded it more than once. What is not well encoded, or never
// comes to an end, may have anything.
func mayHave(escaped, text string) bool {
	const most = 4 // times decoded
	for range most {
		plain, err := url.PathUnescape(escaped)
		if err != nil || strings.Contains(plain, text) {
			return true
		}
		if plain == escaped {
			return false
		}
		escaped = plain
	}
	return true
}

// sibling is the path of ref where escaped is that of an original whose own path
// is own, or a whole URL: whatever stands before that stays. ok is false where the
// path, rewritten on its way here, does not end in it.
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

// isURL tells whether a whole URL begins with a segment.
func isURL(segment string) bool {
	scheme, _, ok := strings.Cut(strings.ToLower(decoded(segment)), ":")
	return ok && (scheme == "http" || scheme == "https")
}

// nowhere is an http.ResponseWriter for an answer that nobody waits for. Whoever
// begins one is told to stop: it may be a file of gigabytes, or a stream that never
// ends.
type nowhere struct {
	header http.Header
	begun  func() // may be nil
}

var errNobody = stderrors.New("nobody waits for this answer")

func (w *nowhere) Header() http.Header { return w.header }

func (w *nowhere) Write([]byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return 0, errNobody
}

func (w *nowhere) WriteHeader(status int) {
	if w.begun != nil && status >= 200 {
		w.begun()
	}
}
