// Package server answers HTTP requests for images. A Server is configured by
// values and knows no configuration files. A request goes through named
// steps: it is parsed and admitted, its originals are fetched, the plan is
// settled for the client, the entity tag is computed, and a variant that the
// client does not have is rendered and sent.
package server

import (
	stderrors "errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"
	"go.uber.org/zap"

	"github.com/caddy-images/caddy-images/cache"
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/internal/metrics"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/server/writer"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
)

// Config configures a Server. Limits and timeouts are positive unless 0 has a
// meaning.
type Config struct {
	Language Language
	Dialect  Dialect
	Origins  Origins
	Engine   Engine
	Memory   *held.Memory // for files and results
	Site     string       // distinguishes the originals of this server in the quarantine

	Limits        transform.Limits
	MaxSourceSize int64 // bytes
	MaxSVGSize    int64 // bytes of an SVG that is sent as it is
	MaxFileSize   int64 // bytes of any file that is sent as it is

	FetchTimeout, RenderTimeout, QueueTimeout time.Duration
	BackendTimeout                            time.Duration // for fetching and rendering; 0 for none
	ConnectTimeout                            time.Duration // 0 for that of each origin
	MaxCost                                   time.Duration // of processor time; negative for any

	Quality    render.Quality
	Formats    []transform.Format // to choose from, in order of preference
	Keeps      transform.Output   // metadata and profiles, if the URL does not say
	SaveData   bool               // whether Save-Data lowers the quality
	DeviceSize DeviceSize
	Sizes      transform.Sizes

	ShowsOriginals  bool // byte for byte, for URLs without a transformation
	OptimizesPlain  bool // images, for URLs without a transformation
	AllowsAnimation bool // in variants of animations
	DeliversDamaged bool

	ForwardQuery    Query // to origins
	CacheTag        CacheTag
	DefaultImage    origin.Ref   // zero for none
	CacheControl    string       // "origin", a value, or empty for a year
	Canonical       *url.URL     // of originals, for the header Link; nil for none
	ResponseHeaders http.Header  // for all responses
	Post            *Post        // nil if images cannot be posted
	Cache           *cache.Store // nil for none
	Log             *zap.Logger
	Metrics         *metrics.Set
}

// Dialect is the behaviour of a dialect besides its URLs.
type Dialect struct {
	Name     string         // for metrics
	Statuses errors.Dialect // of errors

	// KeepsErrors reports whether caches may store lasting errors briefly.
	KeepsErrors bool

	// IgnoresUnsupported reports whether unsupported parameters are ignored
	// and videos are sent as they are.
	IgnoresUnsupported bool
}

// Origins are the origins of files.
type Origins struct {
	Site origin.Origin // of Refs without a server

	// Of whole URLs, with and without a signature.
	Signed, Listed origin.Origin

	Buckets origin.Origin // of buckets that URLs name

	// AsksNext reports whether the handlers behind this one are an origin,
	// and OnlyNext whether they are the only one.
	AsksNext, OnlyNext bool
}

// Engine lends an engine to each request.
type Engine interface {
	Borrow() (engine render.Engine, giveBack func(), err error)

	// Version is the engine's version, which is part of entity tags.
	Version() string
}

// Language is a dialect, ready to read URLs.
type Language interface {
	reroute.Language

	// Parse reads a URL; ours is false if it is not below the endpoint.
	Parse(escapedPath, rawQuery string) (asked transform.Request, ours bool, err error)

	// Admit decides whether a request may be served. target is the request
	// target as the client sent it, seen the escaped path that still
	// contained the transformation, and asked the result of Parse.
	Admit(target, seen string, asked transform.Request, now time.Time) (transform.Proof, error)

	// MayShow decides, by the header of a file, whether an admitted request
	// may show it. It is asked about the original and every other file that
	// is drawn.
	MayShow(header http.Header, asked transform.Request) error

	// Area returns the area of interest that the header of a file marks;
	// empty if there is none. A malformed one is an error.
	Area(header http.Header) (transform.Rect, error)

	// Sender identifies this server to web servers, in the headers x-req-from
	// and User-Agent; empty for none.
	Sender() string
}

// Server answers requests for images. It does not change after New.
type Server struct {
	Config
	router    *reroute.Router
	bodies    *errorBodies
	limitsKey []byte        // of what a variant may depend on besides what its entity tag stands for
	data      origin.Origin // of files embedded in URLs
}

// New returns a server.
func New(c Config) *Server {
	s := &Server{Config: c, bodies: new(errorBodies)}
	s.limitsKey = fmt.Append(nil, s.Limits, s.MaxSourceSize, s.MaxSVGSize, int64(s.MaxCost), s.DeliversDamaged)
	s.data = origin.Coalesce(Examining(dataURL{}), origin.Room{Bodies: c.Memory.Bodies, Timeout: c.QueueTimeout})
	s.router = reroute.New(c.Language, s.isForNext)
	return s
}

// ServeHTTP answers a request for an image. A request that is not for this
// server goes to the next handler unchanged.
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

// begin sets the header fields that all responses have.
func (s *Server) begin(w http.ResponseWriter) {
	for name, values := range s.ResponseHeaders {
		w.Header()[name] = append(w.Header()[name], values...)
	}
	writer.MergeVary(w)
}

// isForNext reports whether the request is entirely for the next handler, as
// the origin of originals that may be shown: it has no transformation, or
// cannot be for an original. err is the error of parsing its URL.
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
