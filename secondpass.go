package images

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// A transformation in the path hides the original's path from everything before
// this handler: a rule that protects /private/* matches neither
// /tr:w-300/private/a.jpg nor /ik-seo/private/a/name.jpg. So such a request is not
// served when it arrives. It becomes the request that names the original by its
// own path and has the transformation in its query, and goes through the site's
// routes again, from the first one, as if the client had sent that. The rules for
// the original's path then hold for its variants.
//
// The second pass is served only if it arrives at the same handler, with no
// transformation left in its path, for the same original. So whatever is served is
// what the client gets for a URL without a transformation in its path. A request
// whose transformation cannot be found in what the client sent, because a rewrite
// made it, is refused: the path that the rules are about is not known.

// firstPass is what the second pass of a request needs to know of the first.
type firstPass struct {
	handler *Handler
	target  string // the request target as the client sent it
	sent    string // its path, decoded
	path    string // the escaped path, as the handler saw it
	ref     origin.Ref
	arrived bool // the second pass has come to a handler of this package
}

type firstPassKey struct{}

// firstPassOf returns the first pass of a request that is on its second, or nil. A
// request that a handler makes on behalf of one, such as that of origin next, is
// on its first.
func firstPassOf(r *http.Request) *firstPass {
	first, _ := r.Context().Value(firstPassKey{}).(*firstPass)
	if first == nil || first.arrived {
		return nil
	}
	return first
}

// passes reports whether the second pass goes through a handler to the one behind it
// that it is for.
func (first *firstPass) passes(h *Handler, r *http.Request, asked transform.Request) bool {
	return h != first.handler && h.isForNext(r, asked, nil)
}

// arrive ends the pass of a request through the site's routes at this handler. It
// returns an error if the request must not be served.
func (first *firstPass) arrive(h *Handler, r *http.Request, asked transform.Request) error {
	first.arrived = true
	if h != first.handler || h.hasDetour(r) || asked.Ref != first.ref {
		return errMisled
	}
	return nil
}

var (
	errUnlocated = errors.New(errors.BadTransform, "The path was rewritten, and what it asks for cannot be located in the URL as the client sent it, so the access rules for the original are not known to hold; write the transformation in the query")
	errMisled    = errors.New(errors.BadTransform, "Without what it asks for in front of or behind the original, the path leads to another original or another handler of this site; write the transformation in the query")
)

// hasDetour reports whether the path has a transformation in it.
func (h *Handler) hasDetour(r *http.Request) bool {
	_, ok := h.language.Detour(r.URL.EscapedPath(), r.URL.RawQuery)
	return ok
}

// passAgain serves a request whose path has a transformation: it sends the request
// that has it in the query through the site's routes.
func (h *Handler) passAgain(w http.ResponseWriter, r *http.Request, asked transform.Request) error {
	outer := r.Context()
	server, _ := outer.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	received, _ := outer.Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	refuse := func(err error) error {
		h.addHeaders(w.Header())
		mergeVary(w)
		return h.fail(w, r, err)
	}
	if server == nil || received.URL == nil {
		return refuse(errUnlocated)
	}
	// The query is the client's: what a rewrite makes of it, it will make again.
	detour, _ := h.language.Detour(r.URL.EscapedPath(), received.URL.RawQuery)
	escaped, ok := straight(received.URL.EscapedPath(), detour)
	path, err := url.PathUnescape(escaped)
	if !ok || err != nil {
		return refuse(errUnlocated)
	}
	first := &firstPass{handler: h, target: received.RequestURI, sent: received.URL.Path, path: r.URL.EscapedPath(), ref: asked.Ref}
	guarded := newGuardedWriter(w, first.mayAnswer)
	again := r.Clone(context.WithValue(outer, firstPassKey{}, first))
	again.Method, again.RemoteAddr = received.Method, received.RemoteAddr
	again.URL = &url.URL{Scheme: received.URL.Scheme, Host: received.URL.Host, Path: path, RawPath: escaped, RawQuery: detour.Query}
	again.RequestURI = again.URL.RequestURI()
	// With variables and placeholders of its own: what routes set for the first path
	// says nothing about the second. Those who log the request see both.
	repl := caddy.NewReplacer()
	again = caddyhttp.PrepareRequest(again, repl, guarded, server)
	defer keepSet(outer, again.Context(), repl)

	err = guarded.serve(h.chains.of(server), again)
	switch {
	case guarded.refusal != nil:
		return refuse(guarded.refusal)
	case err == nil && !first.arrived && !guarded.checked: // no route has an answer
		return refuse(errMisled)
	}
	return err
}

// mayAnswer decides, by its status, whether an answer to the second pass may go to
// the client. A rule may refuse or redirect it. Other handlers' successes are not
// what the URL asks for.
func (first *firstPass) mayAnswer(status int, _ http.Header) error {
	if !first.arrived && (status < 300 || status == http.StatusNotModified) {
		return errMisled
	}
	return nil
}

// keepSet makes what the second pass set known to those who handle errors and write
// logs: they have the request of the first.
func keepSet(outer, inner context.Context, repl *caddy.Replacer) {
	if first, ok := outer.Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		first.Map(repl.Get)
	}
	to, _ := outer.Value(caddyhttp.VarsCtxKey).(map[string]any)
	from, _ := inner.Value(caddyhttp.VarsCtxKey).(map[string]any)
	if to != nil {
		maps.Copy(to, from)
	}
}

// asReceived is the request target as the client sent it, and the escaped path of
// the request as it came to the handler first, with the transformation if it was in
// it. Signatures are about these very bytes. first is nil on a first pass.
func asReceived(r *http.Request, first *firstPass) (target, path string) {
	if first != nil {
		return first.target, first.path
	}
	target = r.RequestURI
	if received, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); ok {
		target = received.RequestURI
	}
	return target, r.URL.EscapedPath()
}

// chains are the compiled routes of servers, to send requests through.
type chains struct{ compiled sync.Map } // *caddyhttp.Server -> caddyhttp.Handler

func (c *chains) of(server *caddyhttp.Server) caddyhttp.Handler {
	if chain, ok := c.compiled.Load(server); ok {
		return chain.(caddyhttp.Handler)
	}
	end := caddyhttp.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		caddyhttp.SetVar(r.Context(), "unhandled", true) // as the end of Caddy's own chain does
		return nil
	})
	chain, _ := c.compiled.LoadOrStore(server, server.Routes.Compile(end))
	return chain.(caddyhttp.Handler)
}

// straight takes a detour, and slashes that follow its segments, out of a path.
// The path may have it in another percent-encoding: a rewrite that leaves it in
// its place may have changed that.
func straight(escaped string, detour transform.Detour) (string, bool) {
	segments, from := strings.Split(escaped, "/"), 0
	for _, taken := range detour.Taken {
		at := find(segments[from:], []string{taken})
		if at < 0 {
			return "", false
		}
		from += at
		end := from + 1
		for end < len(segments) && segments[end] == "" {
			end++
		}
		segments = slices.Delete(segments, from, end)
	}
	path := strings.Join(segments, "/")
	if from < 2 { // the original is right behind what was taken, or taken from
		path = "/" + strings.TrimLeft(path, "/")
	}
	if detour.Tail == "" {
		return path, true
	}
	file := strings.Split(path, "/")
	tail := strings.Split(detour.Tail, "/")[1:]
	at := len(file) - len(tail)
	if at < 1 || find(file[at:], tail) != 0 {
		return "", false
	}
	return strings.Join(file[:at], "/") + detour.Plain, true
}

// find returns where the segments are, one after the other, decoded; -1 is
// nowhere.
func find(in, segments []string) int {
	for at := range len(in) - len(segments) + 1 {
		if slices.EqualFunc(in[at:at+len(segments)], segments, func(a, b string) bool { return decoded(a) == decoded(b) }) {
			return at
		}
	}
	return -1
}

// decoded is the segment itself where it is not well encoded.
func decoded(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}
