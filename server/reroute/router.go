// Package reroute replays the routes of a site, so that its access rules
// decide about the path of every file that a request names, in whatever form.
// What cannot be shown to be allowed is refused.
package reroute

import (
	"net/http"
	"strings"
	"sync"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/transform"
)

// Language is a router's view of a dialect.
type Language interface {
	// Detour returns the parts of a URL that names the same original by its
	// own path, with everything else in its query; ok is false if the URL has
	// that form already.
	Detour(escapedPath, rawQuery string) (detour transform.Detour, ok bool)

	// Endpoint is the escaped path at the start of the dialect's URLs,
	// without a trailing slash.
	Endpoint() string
}

// Router sends requests through the routes of a site to one handler.
type Router struct {
	language Language

	// passes reports whether the handler leaves a request to the next one.
	// err is the error of parsing its URL.
	passes func(r *http.Request, asked transform.Request, err error) bool

	chains sync.Map // *caddyhttp.Server -> caddyhttp.Handler, its compiled routes
}

// New returns a router to the handler of the language's URLs. passes reports
// whether that handler leaves a request to the next one.
func New(language Language, passes func(r *http.Request, asked transform.Request, err error) bool) *Router {
	return &Router{language: language, passes: passes}
}

// Below returns the request's escaped path below the endpoint.
func (t *Router) Below(r *http.Request) string {
	return strings.TrimLeft(strings.TrimPrefix(r.URL.EscapedPath(), t.language.Endpoint()), "/")
}

// HasDetour reports whether the path contains a transformation.
func (t *Router) HasDetour(r *http.Request) bool {
	_, ok := t.language.Detour(r.URL.EscapedPath(), r.URL.RawQuery)
	return ok
}

// chain returns the routes of a server, to send requests through.
func (t *Router) chain(server *caddyhttp.Server) caddyhttp.Handler {
	if chain, ok := t.chains.Load(server); ok {
		return chain.(caddyhttp.Handler)
	}
	end := caddyhttp.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) error {
		caddyhttp.SetVar(r.Context(), "unhandled", true) // as the end of Caddy's own chain does
		return nil
	})
	chain, _ := t.chains.LoadOrStore(server, server.Routes.Compile(end))
	return chain.(caddyhttp.Handler)
}

// Received returns the path as the client sent it, decoded.
func Received(r *http.Request) string {
	if first, ok := r.Context().Value(firstPassKey{}).(*FirstPass); ok {
		return first.sent
	}
	if received, ok := r.Context().Value(caddyhttp.OriginalRequestCtxKey).(http.Request); ok && received.URL != nil {
		return received.URL.Path
	}
	return r.URL.Path
}
