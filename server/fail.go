package server

import (
	"io"
	"math"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/caddyserver/caddy/v2"
	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/httpcache"
	"github.com/caddy-images/caddy-images/internal/vary"
	"github.com/caddy-images/caddy-images/server/reroute"
)

// failAlike is fail for an error that does not depend on the request except
// for its URL and the headers that varies names.
func (s *Server) failAlike(w http.ResponseWriter, r *http.Request, err error, varies []string) error {
	if e := errors.From(err); s.isKept(e) && len(varies) == 0 && policyOfHeader(w.Header(), time.Now()) == (httpcache.Policy{}) {
		return s.failKept(w, r, err, briefly)
	}
	return s.fail(w, r, err)
}

// fail responds with an error that belongs to this request alone.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) error {
	return s.failKept(w, r, err, "no-store")
}

// failKept responds with an error. It is the only place where errors become
// HTTP.
func (s *Server) failKept(w http.ResponseWriter, r *http.Request, err error, cacheControl string) error {
	e := errors.From(err)
	if r.Context().Err() != nil {
		e = errors.New(errors.ClientClosed, "The client closed the request").Because(err)
		cacheControl = "no-store"
	}
	status := e.Status(s.Dialect.Statuses)
	failure := caddyhttp.Error(status, nil)
	failure.Err = e // its causes may contain another HandlerError with a different status
	s.log(r, e, failure)
	s.Metrics.Error(s.Dialect.Name, status, e)
	if e.Kind == errors.ClientClosed {
		// Error routes would run without a client.
		w.WriteHeader(status)
		return nil
	}
	header := w.Header()
	header.Set("Ik-Error", e.Header())
	header.Set("Cache-Control", cacheControl)
	vary.Merge(header)
	if e.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(int(math.Ceil(e.RetryAfter.Seconds()))))
	}
	if repl, ok := r.Context().Value(caddy.ReplacerCtxKey).(*caddy.Replacer); ok {
		repl.Set("http.images.error.code", e.Kind.Code())
		repl.Set("http.images.error.message", e.Message)
	}
	s.bodies.write(w, r, status)
	return failure
}

// briefly is the Cache-Control of an error that will last for a while.
const briefly = "max-age=60"

// isKept reports whether caches may store an error. Where the vendor allows
// it, a missing file and a wrong URL may be stored briefly. What `next`
// responds may depend on the client.
func (s *Server) isKept(e *errors.Error) bool {
	return s.Dialect.KeepsErrors && !s.Origins.AsksNext && (e.Kind == errors.NotFound || e.Kind == errors.BadTransform)
}

// log writes the one log line of a failed request. It leaves out the query,
// which may be signed.
func (s *Server) log(r *http.Request, e *errors.Error, failure caddyhttp.HandlerError) {
	level := zapcore.WarnLevel
	switch e.Kind {
	case errors.Internal:
		level = zapcore.ErrorLevel
	case errors.BadTransform, errors.NotFound, errors.Unauthorized, errors.MethodNotAllowed, errors.ClientClosed:
		level = zapcore.InfoLevel // the client's fault
	}
	if c := s.Log.Check(level, e.Message); c != nil {
		c.Write(
			zap.String("code", e.Kind.Code()),
			zap.String("fault", string(e.Fault())),
			zap.Int("status", failure.StatusCode),
			zap.String("error_id", failure.ID),
			zap.String("method", r.Method),
			zap.String("host", r.Host),
			zap.String("path", reroute.Received(r)),
			zap.Int("origin_status", e.OriginStatus),
			zap.NamedError("cause", e.Err),
		)
	}
}

// errorBodies writes the generic text of the status as the body of an error
// response if no error route does. Caddy itself would leave the body empty.
type errorBodies struct{ routed sync.Map } // *caddyhttp.Server -> bool

func (b *errorBodies) write(w http.ResponseWriter, r *http.Request, status int) {
	server, ok := r.Context().Value(caddyhttp.ServerCtxKey).(*caddyhttp.Server)
	if !ok {
		return
	}
	nested, known := b.routed.Load(server)
	if !known {
		nested = anyNested(server.Routes)
		b.routed.Store(server, nested)
	}
	if nested.(bool) || server.Errors != nil && anyMatch(server.Errors.Routes, r) {
		return
	}
	text := http.StatusText(status)
	header := w.Header()
	header.Set("Content-Type", "text/plain; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(len(text)))
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = io.WriteString(w, text)
	}
}

// anyMatch reports whether one of the error routes is for this request.
// Several sites in one server each have their own.
func anyMatch(routes caddyhttp.RouteList, r *http.Request) bool {
	for _, route := range routes {
		if match, err := route.MatcherSets.AnyMatchWithError(r); err != nil || match {
			return true
		}
	}
	return false
}

// anyNested reports whether a subroute has error routes of its own, which
// only JSON can configure. This request may or may not have come through it,
// so they write the body then.
func anyNested(routes caddyhttp.RouteList) bool {
	for _, route := range routes {
		for _, handler := range route.Handlers {
			sub, ok := handler.(*caddyhttp.Subroute)
			if ok && (sub.Errors != nil || anyNested(sub.Routes)) {
				return true
			}
		}
	}
	return false
}
