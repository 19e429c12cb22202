package reroute

import (
	"context"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/writer"
	"github.com/caddy-images/caddy-images/transform"
)

// A transformation in the path hides the original's path from the handlers
// before this one: a rule that protects /private/* matches neither
// /tr:w-300/private/a.jpg nor /ik-seo/private/a/name.jpg. So such a request
// is not served when it arrives. It is rewritten to name the original by its
// own path, with the transformation in the query, and sent through the site's
// routes again from the start, as if the client had sent that. The rules for
// the original's path then hold for its variants.
//
// The second pass is served only if it reaches the same handler, for the same
// original, with no transformation left in its path. So a client gets only
// what it would get for a URL without a transformation in its path. If a
// rewrite produced the transformation, so that it cannot be found in the URL
// that the client sent, the request is refused: the path that the rules are
// about is unknown.

// FirstPass is what the second pass of a request keeps of the first.
type FirstPass struct {
	router  *Router
	target  string // the request target as the client sent it
	sent    string // its path, decoded
	path    string // the escaped path, as the handler saw it
	ref     origin.Ref
	arrived bool // the second pass has reached a handler with a router
}

type firstPassKey struct{}

// FirstPassOf returns the first pass of a request on its second, or nil. A
// request that a handler makes on its behalf, such as that of origin next, is
// on its first pass.
func FirstPassOf(r *http.Request) *FirstPass {
	first, _ := r.Context().Value(firstPassKey{}).(*FirstPass)
	if first == nil || first.arrived {
		return nil
	}
	return first
}

// Arrive ends the second pass at the handler of a router, unless that handler
// leaves the request to the next one. It returns an error if the request must
// not be served.
func (first *FirstPass) Arrive(at *Router, r *http.Request, asked transform.Request) error {
	if at != first.router && at.passes(r, asked, nil) {
		return nil
	}
	first.arrived = true
	if at != first.router || at.HasDetour(r) || asked.Ref != first.ref {
		return errMisled
	}
	return nil
}

var (
	errUnlocated = errors.New(errors.BadTransform, "The path was rewritten and its transformation is not in the URL that the client sent, so the access rules for the original cannot be checked; put the transformation into the query")
	errMisled    = errors.New(errors.BadTransform, "Without its transformation the path leads to another original or another handler of this site; put the transformation into the query")
)

// Again serves a request with a transformation in its path by sending the
// request that has it in the query through the site's routes. On an error
// nothing was sent; the caller responds.
func (t *Router) Again(w http.ResponseWriter, r *http.Request, asked transform.Request) (refusal, err error) {
	outer := r.Context()
	server, _ := outer.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	received, _ := outer.Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	if server == nil || received.URL == nil {
		return errUnlocated, nil
	}
	// The query is the client's: rewrites will change it again in the same
	// way.
	detour, _ := t.language.Detour(r.URL.EscapedPath(), received.URL.RawQuery)
	escaped, ok := straight(received.URL.EscapedPath(), detour)
	path, err := url.PathUnescape(escaped)
	if !ok || err != nil {
		return errUnlocated, nil
	}
	first := &FirstPass{router: t, target: received.RequestURI, sent: received.URL.Path, path: r.URL.EscapedPath(), ref: asked.Ref}
	guarded := writer.NewGuarded(w, first.mayAnswer)
	again := r.Clone(context.WithValue(outer, firstPassKey{}, first))
	again.Method, again.RemoteAddr = received.Method, received.RemoteAddr
	again.URL = &url.URL{Scheme: received.URL.Scheme, Host: received.URL.Host, Path: path, RawPath: escaped, RawQuery: detour.Query}
	again.RequestURI = again.URL.RequestURI()
	// Variables and placeholders are new: what routes set for the first path
	// does not apply to the second. Handlers that log the request see both.
	repl := caddy.NewReplacer()
	again = caddyhttp.PrepareRequest(again, repl, guarded, server)
	defer keepSet(outer, again.Context(), repl)

	err = guarded.Serve(t.chain(server), again)
	if err == nil && guarded.Refusal == nil && !first.arrived && !guarded.Checked { // no route responded
		return errMisled, nil
	}
	return guarded.Refusal, err
}

// mayAnswer decides by the status whether a response to the second pass may
// go to the client. Rules may refuse or redirect it. Successful responses of
// other handlers are not the variant.
func (first *FirstPass) mayAnswer(status int, _ http.Header) error {
	if !first.arrived && (status < 300 || status == http.StatusNotModified) {
		return errMisled
	}
	return nil
}

// keepSet copies what the second pass set to the first, whose request error
// handlers and logs see.
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

// Target returns the request target as the client sent it, and the escaped
// path as the request first reached the handler, including the
// transformation. Signatures cover exactly these bytes. first is nil on a
// first pass.
func Target(r *http.Request, first *FirstPass) (target, path string) {
	if first != nil {
		return first.target, first.path
	}
	target = r.RequestURI
	if received, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); ok {
		target = received.RequestURI
	}
	return target, r.URL.EscapedPath()
}

// straight removes a detour, and the slashes after its segments, from a path.
// The path may have it in a different percent-encoding, since a rewrite that
// leaves it in place may change that.
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
	if from < 2 { // the original directly follows or contains what was removed
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

// find returns the index of consecutive segments, compared decoded, or -1.
func find(in, segments []string) int {
	for at := range len(in) - len(segments) + 1 {
		if slices.EqualFunc(in[at:at+len(segments)], segments, func(a, b string) bool { return decoded(a) == decoded(b) }) {
			return at
		}
	}
	return -1
}

// decoded returns the unescaped segment, or the segment itself if it is
// malformed.
func decoded(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}
