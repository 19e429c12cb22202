// Package origin says where originals live: what names one (Ref), what comes
// back (Source), and the contract of the guest modules that fetch them.
package origin

import (
	"context"
	"net/http"
	"time"
)

// Origin fetches originals. The guest modules in the namespace
// `http.images.origins` implement it.
//
// Callers may rely on: Fetch is safe for concurrent use; it returns when ctx
// is done; it never returns a Source whose body is longer than
// Request.MaxBytes, nor a body shorter than the origin announced.
//
// Implementers MUST return an *errors.Error for every failure, its message
// naming the kind of origin ("… on S3 …") and nothing secret; MUST say
// errors.NotFound only where the file is not there, since that is what lets
// the next origin in a chain be asked; and MUST NOT keep anything of a
// Request.
type Origin interface {
	Fetch(ctx context.Context, req Request) (*Source, error)
}

// Request asks an origin for one original. It is comparable: equal Requests
// may share one fetch.
type Request struct {
	Ref Ref

	// Host is the host the client asked, for origins that forward it.
	Host string

	// Root is the directory of the site that the client asked, as the directive `root`
	// has set it, for an origin of files without one of its own; empty for none.
	Root string

	// Sender is what origins that are web servers are told of who asks, in the
	// headers x-req-from and User-Agent; empty for nothing.
	Sender string

	// MaxBytes bounds the body; longer is errors.Limit. Always positive.
	MaxBytes int64

	// ConnectTimeout is how long connecting to a server may take, where the
	// origin's own limit is not shorter; 0 says nothing.
	ConnectTimeout time.Duration

	// Stream asks for a Source that is sent while it is read. An origin may give a
	// whole one all the same.
	Stream Streaming
}

// Source is an original as an origin gave it. It may be shared between requests, and
// must not be changed. Only Unpacked and Shared copy it; an origin that keeps the Source,
// or gives it to more than one caller, returns Shared.
type Source struct {
	// Body is the whole file, or its first bytes if there is a Stream.
	Body []byte

	// Stream is the whole file, where it was asked for and is too long to be held; nil
	// otherwise. It belongs to one caller, who closes it. MaxBytes does not bound it.
	Stream *Stream

	memory *memory // that Body is in, where it can be used again; nil otherwise

	// ContentType is the origin's word, perhaps empty and perhaps wrong.
	ContentType string

	// ETag is the origin's entity tag, quotes and W/ included; empty for none.
	ETag string

	// Decoded says that the origin has the file compressed with gzip. Body is what is
	// in that, and ETag is the entity tag of another representation (RFC 9110 section
	// 8.8.3.3).
	Decoded bool

	// LastModified is zero when unknown.
	LastModified time.Time

	// CacheControl is the origin's Cache-Control; empty for none.
	CacheControl string

	// Vary are the names of headers of the client's request that the original
	// depends on; `*` for things unknown. Only a RequestBound origin has any.
	Vary []string

	// Header is the origin's whole answer where it speaks HTTP; may be nil.
	Header http.Header

	// ForRequest says that the origin saw the client's request, headers and all, and
	// may have answered for this client. Only a RequestBound origin does.
	ForRequest bool
}

// IgnoreCacheControl forgets what the origin says about storing its answer.
func (s *Source) IgnoreCacheControl() {
	s.CacheControl = ""
	for _, name := range []string{"Cache-Control", "CDN-Cache-Control", "Surrogate-Control", "Expires", "Pragma"} {
		s.Header.Del(name)
	}
}

// Close closes what there is to close. A nil Source is none.
func (s *Source) Close() {
	if s != nil && s.Stream != nil {
		_ = s.Stream.Close()
	}
}

// Shared returns the same original, whose memory stays what it is for as long
// as somebody has it.
func (s *Source) Shared() *Source {
	shared := *s
	shared.memory = nil
	return &shared
}

// Unpacked returns the same original with what is in its file, which another
// Source has as its body. The memory of the file is used again.
func (s *Source) Unpacked(inside *Source) *Source {
	unpacked := *s
	unpacked.Body, unpacked.memory, unpacked.Decoded = inside.Body, inside.memory, true
	s.Recycle()
	return &unpacked
}

// Recycle has other originals use the memory of the body, where that is nobody
// else's; the body is nil then. Nobody may be reading it.
func (s *Source) Recycle() {
	if s.memory == nil {
		return
	}
	s.memory.release()
	s.Body, s.memory = nil, nil
}

// Dynamic is implemented by origins that fetch originals whose Ref names the
// server. Others are not asked for those.
type Dynamic interface {
	Origin

	// Within is the same origin, but it follows redirects to servers only that
	// are allowed, named as in Ref.
	Within(allows func(server string) bool) Origin
}

// RequestBound is implemented by origins whose Fetch needs the very HTTP
// request that is being served, found in its context. Their fetches are never
// shared between requests and run on the goroutine of the request. They MUST set
// ForRequest of their Sources.
type RequestBound interface {
	Origin
	RequestBound()
}
