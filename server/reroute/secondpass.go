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

// FirstPass is what the second pass of a request needs to know of the first.
type FirstPass struct {
	router  *Router
	target  string // the request target as the client sent it
	sent    string // its path, decoded
	path    string // the escaped path, as the handler saw it
	ref     origin.Ref
	arrived bool // the second pass has come to a handler with a router
}

type firstPassKey struct{}

// FirstPassOf returns the first pass of a request that is on its second, or nil. A
// request that a handler makes on behalf of one, such as that of origin next, is
// on its first.
func FirstPassOf(r *http.Request) *FirstPass {
	first, _ := r.Context().Value(firstPassKey{}).(*FirstPass)
	if first == nil || first.arrived {
		return nil
	}
	return first
}

// Arrive ends the second pass at the handler of a router, unless that leaves the request
// to the one behind it, which it is for. It returns an error if the request must not be
// served.
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
	errUnlocated = errors.New(errors.BadTransform, "The path was rewritten, and what it asks for cannot be located in the URL as the client sent it, so the access rules for the original are not known to hold; write the transformation in the query")
	errMisled    = errors.New(errors.BadTransform, "Without what it asks for in front of or behind the original, the path leads to another original or another handler of this site; write the transformation in the query")
)

// Again serves a request whose path has a transformation: it sends the request that has
// it in the query through the site's routes. A refusal is for the caller to send: nothing
// of the response was then.
func (t *Router) Again(w http.ResponseWriter, r *http.Request, asked transform.Request) (refusal, err error) {
	outer := r.Context()
	server, _ := outer.Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	received, _ := outer.Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	if server == nil || received.URL == nil {
		return errUnlocated, nil
	}
	// The query is the client's: what a rewrite makes of it, it will make again.
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
	// With variables and placeholders of its own: what routes set for the first path
	// says nothing about the second. Those who log the request see both.
	repl := caddy.NewReplacer()
	again = caddyhttp.PrepareRequest(again, repl, guarded, server)
	defer keepSet(outer, again.Context(), repl)

	err = guarded.Serve(t.chain(server), again)
	if err == nil && guarded.Refusal == nil && !first.arrived && !guarded.Checked { // no route has a response
		return errMisled, nil
	}
	return guarded.Refusal, err
}

// mayAnswer decides, by its status, whether a response to the second pass may go to
// the client. A rule may refuse or redirect it. Other handlers' successes are not
// what the URL asks for.
func (first *FirstPass) mayAnswer(status int, _ http.Header) error {
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

// Target returns the request target as the client sent it, and the escaped path of the
// request as it came to the handler first, with the transformation if it was in it.
// Signatures are about these very bytes. first is nil on a first pass.
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

// decoded returns the segment itself where it is not well encoded.
func decoded(segment string) string {
	if plain, err := url.PathUnescape(segment); err == nil {
		return plain
	}
	return segment
}
