// Package server answers HTTP requests for images. A Server is configured by values and
// knows no configuration files; a request carries itself through named steps: it is read
// and admitted, its originals are fetched, the plan is settled for the client, the entity
// tag is computed, and what the client does not have yet is rendered and sent.
package server

import (
	stderrors "errors"
	"net/http"
	"net/url"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/server/writer"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// Config is what a Server is made of. All limits and timeouts are positive unless 0 is
// given a meaning.
type Config struct {
	Language Language
	Dialect  Dialect
	Origins  Origins
	Engine   Engine
	Site     string // a name for what is remembered of the originals of this server

	Limits        transform.Limits
	MaxSourceSize int64 // bytes
	MaxSVGSize    int64 // bytes of an SVG that is sent as it is

	FetchTimeout, RenderTimeout, QueueTimeout time.Duration
	BackendTimeout                            time.Duration // for fetching and rendering; 0 for none
	ConnectTimeout                            time.Duration // 0 for that of each origin
	MaxCost                                   time.Duration // of processor time; negative for any

	Quality    render.Quality
	Formats    []transform.Format // that may be chosen, the best first
	Keeps      transform.Output   // of metadata and profiles, if the URL says nothing
	SaveData   bool               // whether Save-Data lowers the quality
	DeviceSize DeviceSize

	ShowsOriginals  bool // byte for byte, by URLs without a transformation
	OptimizesPlain  bool // images by URLs without a transformation
	AllowsAnimation bool // of what is made of animations
	DeliversDamaged bool

	DefaultImage    origin.Ref   // zero for none
	CacheControl    string       // "origin", a value, or empty for a year
	Canonical       *url.URL     // of originals, for the header Link; nil for none
	ResponseHeaders http.Header  // for all responses
	Post            *Post        // nil if no images are sent
	Cache           *cache.Store // nil for none
	Log             *zap.Logger
	Metrics         *metrics.Set
}

// Dialect is what sites that speak a dialect do alike, beside their URLs.
type Dialect struct {
	Name     string         // for metrics
	Statuses errors.Dialect // of errors

	// KeepsErrors reports whether caches may keep errors for a while that will not
	// change for one.
	KeepsErrors bool

	// IgnoresUnsupported reports whether parameters that are not supported are ignored,
	// and videos delivered as they are.
	IgnoresUnsupported bool
}

// Origins are where files are fetched from.
type Origins struct {
	Site origin.Origin // whose Ref names no server

	// Of whole URLs: with a signature, and without one.
	Signed, Listed origin.Origin

	Buckets origin.Origin // that URLs name

	// AsksNext reports whether the handlers behind this one are among them, and
	// OnlyNext whether there are no others.
	AsksNext, OnlyNext bool
}

// Engine lends an engine to each request.
type Engine interface {
	Borrow() (engine render.Engine, giveBack func(), err error)

	// Version is that of the drawing, of which entity tags are made.
	Version() string
}

// Language is a dialect, ready to read URLs.
type Language interface {
	reroute.Language

	// Parse reads a URL; ours is false for one that is not below the endpoint.
	Parse(escapedPath, rawQuery string) (asked transform.Request, ours bool, err error)

	// Admit decides whether a request may be served. target is the request target
	// as the client sent it, seen the escaped path that the request had while its
	// transformation still was in it, and asked what Parse returned if that was
	// no error.
	Admit(target, seen string, asked transform.Request, now time.Time) (transform.Proof, error)

	// MayShow decides whether an admitted request may be shown what it asks for
	// of a file, by the header that the file came with: of the original, and of
	// every other file that is drawn.
	MayShow(header http.Header, asked transform.Request) error

	// Area is the part of an image that the header of its file marks as what
	// matters; empty if there is none. It fails if there is one that cannot be read.
	Area(header http.Header) (transform.Rect, error)

	// Sender is what requests to web servers say of who sends them, in the
	// headers x-req-from and User-Agent; empty for nothing.
	Sender() string
}

// Server answers requests for images. It does not change after New.
type Server struct {
	Config
	router *reroute.Router
	bodies *errorBodies
}

// New returns a server.
func New(c Config) *Server {
	s := &Server{Config: c, bodies: new(errorBodies)}
	s.router = reroute.New(c.Language, s.isForNext)
	return s
}

// ServeHTTP answers a request for an image. A request that is not for this server goes on
// to the next handler as it is.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request, next caddyhttp.Handler) error {
	asked, ours, err := s.Language.Parse(r.URL.EscapedPath(), r.URL.RawQuery)
	if !ours {
		return next.ServeHTTP(w, r)
	}
	asked.Plan.Still = asked.Plan.Still || !s.AllowsAnimation
	if isProbe, served := s.router.Probe(w, r, next, asked, err); isProbe {
		return served
	}
	first := reroute.FirstPassOf(r)
	if first == nil && err == nil && isRead(r) && s.router.HasDetour(r) {
		refusal, err := s.router.Again(w, r, asked)
		if refusal == nil {
			return err
		}
		s.begin(w)
		return s.fail(w, r, refusal)
	}
	s.begin(w)
	q := &request{Server: s, w: w, r: r, next: next, asked: asked}
	return q.serve(first, err)
}

// begin puts into the header of a response what all responses have.
func (s *Server) begin(w http.ResponseWriter) {
	for name, values := range s.ResponseHeaders {
		w.Header()[name] = append(w.Header()[name], values...)
	}
	writer.MergeVary(w)
}

// isForNext reports whether a request is altogether for the next handler, if that
// has the originals and may show them: it asks for nothing, or for nothing that
// could be an original. err is that of reading its URL.
func (s *Server) isForNext(r *http.Request, asked transform.Request, err error) bool {
	switch {
	case !s.Origins.OnlyNext || !s.ShowsOriginals:
		return false
	case !isRead(r) || stderrors.Is(err, origin.ErrPath):
		return true
	}
	return err == nil && asked.Plan.IsZero() && !s.mayOptimizeNext(asked) && !asked.Attachment && !asked.Meta && asked.Ref.Server == ""
}

func isRead(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
