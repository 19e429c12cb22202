// Package origin is about where originals live: their names (Ref), what a
// fetch returns (Source), and the contract of the guest modules that fetch
// them.
package origin

import (
	"context"
	"net/http"
	"time"

	"github.com/caddy-images/caddy-images/internal/held"
)

// Origin fetches originals. The guest modules in the namespace
// `http.images.origins` implement it.
//
// Callers may rely on this: Fetch is safe for concurrent use; it returns when
// ctx is done; it never returns a Source whose body is longer than
// Request.MaxBytes, or shorter than announced.
//
// Implementers MUST return an *errors.Error for every failure, with a message
// that names the kind of origin ("… on S3 …") and contains no secret; MUST
// return errors.NotFound only if the file does not exist, since then the next
// origin in a chain is asked; and MUST NOT keep anything of a Request.
type Origin interface {
	Fetch(ctx context.Context, req Request) (*Source, error)
}

// Request asks an origin for one original. It is comparable: equal Requests
// may share one fetch.
type Request struct {
	Ref Ref

	// Host is the host in the client's request, for origins that forward it.
	Host string

	// Root is the directory that the directive `root` has set for the
	// request, for an origin of files without a root of its own; empty for
	// none.
	Root string

	// Sender identifies this server to web servers, in the headers x-req-from
	// and User-Agent; empty for none.
	Sender string

	// MaxBytes limits the body; a longer one is errors.Limit. It is positive.
	MaxBytes int64

	// ConnectTimeout limits connecting to a server if it is shorter than the
	// origin's own limit; 0 for none.
	ConnectTimeout time.Duration

	// Size is the length of the body as far as it is known from before; 0 if it
	// is not. It is a hint.
	Size int64

	// Stream asks for a Source that can be sent while it is read. An origin
	// may still return a whole one.
	Stream Streaming

	// Known is the version that the caller has. An origin that finds it unchanged may
	// return a Source that says so.
	Known Known

	// FactsOnly says that the caller may do without the body, where the Facts are
	// known from before. Only a cache heeds it.
	FactsOnly bool

	// Sequence is that of the latest purge that the response must not be
	// older than. Only a cache heeds it.
	Sequence uint64
}

// Source is an original as fetched. It may be shared between requests and
// must not be changed. Who gets one from Fetch calls Close when its body is no
// longer read.
type Source struct {
	// Body is the whole file, or its beginning if there is a Stream.
	Body []byte

	// Unchanged says that the original is the version of Request.Known. There is no body
	// then, and the rest is what the origin said on this occasion.
	Unchanged bool

	// Stamp identifies the version to the origin itself, besides ETag and
	// LastModified; it never reaches a client. Empty for none.
	Stamp string

	// Facts is what reading the body has told; nil if it was not looked at yet.
	Facts *Facts

	// Kept is what a cache knows of the original; the zero value if it knows nothing.
	Kept Kept

	// Stream is the whole file, if a stream was asked for and the file is too
	// long to hold; nil otherwise. It belongs to one caller, who closes it.
	// MaxBytes does not limit it.
	Stream *Stream

	held *held.Body // counts Body; nil if that is not counted, or by somebody else

	// ContentType is as the origin says, perhaps empty and perhaps wrong.
	ContentType string

	// ETag is the origin's entity tag, including quotes and W/; may be empty.
	ETag string

	// Decoded reports whether the origin's file is compressed with gzip. Body
	// is then the content, and ETag the entity tag of another representation
	// (RFC 9110 section 8.8.3.3).
	Decoded bool

	// LastModified is zero if unknown.
	LastModified time.Time

	// CacheControl is the origin's Cache-Control; may be empty.
	CacheControl string

	// Vary are the request headers that the original depends on; `*` for
	// unknown things. Only a RequestBound origin sets it.
	Vary []string

	// Header is the origin's whole response header if it speaks HTTP; may be
	// nil.
	Header http.Header

	// ForRequest reports whether the origin saw the client's request,
	// including its header, so that the response may be for this client. Only
	// a RequestBound origin sets it.
	ForRequest bool
}

// IgnoreCacheControl clears what the origin says about caching.
func (s *Source) IgnoreCacheControl() {
	s.CacheControl = ""
	for _, name := range []string{"Cache-Control", "CDN-Cache-Control", "Surrogate-Control", "Expires", "Pragma"} {
		s.Header.Del(name)
	}
}

// Close ends the use of a Source by the caller to whom it was returned: the
// Stream is closed, and the body, which must not be read any more, is no longer
// counted. Closing again does nothing. s may be nil.
func (s *Source) Close() {
	if s == nil {
		return
	}
	if s.Stream != nil {
		_ = s.Stream.Close()
	}
	if s.held != nil {
		s.held.Release()
		s.held, s.Body = nil, nil
	}
}

// Uncounted returns the same original for somebody who counts its body
// otherwise, or does not use it.
func (s *Source) Uncounted() *Source {
	other := *s
	other.held = nil
	return &other
}

// Counted sets what counts the body, for a file that did not come from an
// origin.
func (s *Source) Counted(by *held.Body) { s.held = by }

// Unpacked returns the same original with the body of inside, the content of
// its file.
func (s *Source) Unpacked(inside *Source) *Source {
	unpacked := *s
	unpacked.Body, unpacked.Decoded = inside.Body, true
	return &unpacked
}

// Dynamic is implemented by origins that fetch originals whose Ref names a
// server. Other origins are not asked for those.
type Dynamic interface {
	Origin

	// Within returns the same origin restricted to redirects to allowed
	// servers, in the form of Ref.Server.
	Within(allows func(server string) bool) Origin
}

// Sized is implemented by origins that remember how long originals are.
type Sized interface {
	// SizeOf returns the length of an original in bytes, without asking for it.
	SizeOf(ctx context.Context, req Request) (bytes int64, ok bool)
}

// RequestBound is implemented by origins whose Fetch needs the HTTP request
// being served, found in its context. Their fetches are never shared between
// requests and run on the goroutine of the request. They MUST set ForRequest
// in their Sources.
type RequestBound interface {
	Origin
	RequestBound()
}
