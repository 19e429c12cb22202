package images

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/transform"
)

// again serves requests a second time, from the first of the site's routes on.
//
// A transformation in the path hides the original's path from all that stands
// before this handler: a rule that protects /private/* does not match
// /tr:w-300/private/a.jpg, nor /ik-seo/private/a/name.jpg. So such a request is
// turned into the same request with the original's own path and the
// transformation in the query, and goes through the routes again as that.
// Whatever is configured for the original's path then holds for its variants.
type again struct{ chains sync.Map } // *caddyhttp.Server -> caddyhttp.Handler

// doneVar is the variable that marks a request that is on its second way. It has
// the escaped path that the request had on its first.
const doneVar = "images.again"

// pathWithTransformation is the escaped path of the request, with the
// transformation in it if it was there on its first way.
func pathWithTransformation(r *http.Request) string {
	if first, ok := caddyhttp.GetVar(r.Context(), doneVar).(string); ok {
		return first
	}
	return r.URL.EscapedPath()
}

// straightVar is the variable that has the escaped path that such a request
// began its second way with.
const straightVar = "images.straight"

// straightPath is the client's path, without the detour that it may have made.
func straightPath(r *http.Request, received *url.URL) string {
	if path, ok := caddyhttp.GetVar(r.Context(), straightVar).(string); ok {
		return path
	}
	return received.EscapedPath()
}

// serve tells whether it served the request, whose own URL makes the detour. A
// request whose detour is not the client's but was made by a rewrite is left
// alone: then the path is what the operator wants it to be.
func (a *again) serve(w http.ResponseWriter, r *http.Request, detour transform.Detour) (served bool, err error) {
	server, _ := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	received, _ := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request)
	if server == nil || received.URL == nil || caddyhttp.GetVar(r.Context(), doneVar) != nil {
		return false, nil
	}
	escaped, ok := straight(received.URL.EscapedPath(), detour)
	if !ok {
		return false, nil
	}
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return false, nil
	}
	caddyhttp.SetVar(r.Context(), doneVar, r.URL.EscapedPath())
	caddyhttp.SetVar(r.Context(), straightVar, escaped)
	// The first of a group of routes that exclude each other has been taken; it
	// may be another this time. This is Caddy's key for what was taken.
	taken, _ := r.Context().Value(caddy.CtxKey("route_group")).(map[string]struct{})
	clear(taken)
	// In place, as Caddy's own rewrites do, so that placeholders see it too.
	r.URL.Path, r.URL.RawPath, r.URL.RawQuery = path, escaped, detour.Query
	r.RequestURI = r.URL.RequestURI()
	return true, a.chain(server).ServeHTTP(w, r)
}

// straight takes a detour, and slashes that follow its segments, out of a path.
// The path may have it in another percent-encoding: a rewrite that leaves it in
// its place may have changed that.
func straight(escaped string, detour transform.Detour) (string, bool) {
	segments := strings.Split(escaped, "/")
	at, end := span(segments, detour.Segments)
	if at < 0 {
		return "", false
	}
	before, after := strings.Join(segments[:at], "/"), strings.Join(segments[end:], "/")
	path := before + "/" + strings.TrimLeft(after, "/")
	if detour.Tail == "" {
		return path, true
	}
	file := strings.Split(path, "/")
	tail := strings.Split(detour.Tail, "/")[1:]
	at = len(file) - len(tail)
	if at < 1 || find(file[at:], tail) != 0 {
		return "", false
	}
	return strings.Join(file[:at], "/") + detour.Plain, true
}

// span is find for segments that may have slashes too many between them, over which
// dialects read. It returns the end of them, too.
func span(in, segments []string) (at, end int) {
	for at := range in {
		end, rest := at, segments
		for end < len(in) && len(rest) > 0 && (find(in[end:end+1], rest[:1]) == 0 || in[end] == "" && end > at) {
			if in[end] != "" {
				rest = rest[1:]
			}
			end++
		}
		if len(rest) == 0 {
			return at, end
		}
	}
	return -1, 0
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

func (a *again) chain(server *caddyhttp.Server) caddyhttp.Handler {
	if chain, ok := a.chains.Load(server); ok {
		return chain.(caddyhttp.Handler)
	}
	end := caddyhttp.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		caddyhttp.SetVar(r.Context(), "unhandled", true) // as the end of Caddy's own chain does
		return nil
	})
	chain, _ := a.chains.LoadOrStore(server, server.Routes.Compile(end))
	return chain.(caddyhttp.Handler)
}
