package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"net/http"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// file is an original, or the file of a layer, as it was fetched, or as it is remembered.
type file struct {
	*origin.Source
	facts
}

// lacks reports whether the file is still to be fetched: it is not known at all, or only
// remembered where its bytes are needed.
func (f *file) lacks(needsBytes bool) bool {
	return f == nil || needsBytes && f.Body == nil && f.Stream == nil && f.size != 0
}

// close ends the use of the file's bytes.
func (f *file) close() {
	if f != nil {
		f.Source.Close()
	}
}

// newFile returns a fetched file with its facts.
func newFile(s *origin.Source, ref origin.Ref) *file { return &file{s, factsOf(s, ref)} }

// facts are everything about a file that the plan, the entity tag and the
// header of a response depend on. Only rendering and sending need its bytes.
type facts struct {
	format    transform.Format // FormatAuto for a file that is not an image
	size      int64            // bytes; negative if unknown
	mediaType string           // of the file as it is
	isStill   bool             // an animation whose format is drawn as its first frame
	isVideo   bool

	// validator stands for the bytes: a strong entity tag of the origin, or a
	// hash. It is empty for a stream without that tag, of which not all bytes
	// are known.
	validator []byte

	etag     string    // of the file as it is; empty for none
	modified time.Time // zero if unknown

	vary   []string    // headers of the request that the file depends on
	header http.Header // of the origin's response; may be nil

	cacheControl string // the origin's own
	forRequest   bool   // the origin saw the client's request
}

// Examine unpacks a fetched file if that is an SVG compressed with gzip, and finds out
// about it what needs its bytes, or of a stream the first of them.
func Examine(ctx context.Context, s *origin.Source, req origin.Request) (*origin.Source, error) {
	if s.Stream == nil {
		var err error
		if s, err = unpacked(ctx, s, req.MaxBytes); err != nil {
			return nil, err
		}
	}
	examine(s, req.Ref)
	return s, nil
}

// examined is Examine that closes what it cannot examine.
func examined(ctx context.Context, s *origin.Source, req origin.Request) (*origin.Source, error) {
	found, err := Examine(ctx, s, req)
	if err != nil {
		s.Close()
	}
	return found, err
}

// Examining returns an origin whose Sources are examined.
func Examining(o origin.Origin) origin.Origin {
	if _, bound := o.(origin.RequestBound); bound {
		return boundExamining{examining{o}}
	}
	return examining{o}
}

type examining struct{ origin.Origin }

// Fetch implements origin.Origin.
func (e examining) Fetch(ctx context.Context, req origin.Request) (*origin.Source, error) {
	s, err := e.Origin.Fetch(ctx, req)
	if err != nil || s.Stream != nil || s.Unchanged {
		return s, err
	}
	return examined(ctx, s, req)
}

type boundExamining struct{ examining }

// RequestBound implements origin.RequestBound.
func (boundExamining) RequestBound() {}

func examine(s *origin.Source, ref origin.Ref) {
	format, _ := formatOf(s.Body)
	found := origin.Facts{Size: int64(len(s.Body)), MediaType: typeOf(s, format, ref), IsStill: movesOtherwise(format, s.Body)}
	if format != transform.FormatAuto {
		found.Format = format.String()
	}
	found.IsVideo = isVideo(s, found.MediaType)
	if s.Stream == nil {
		found.Hash = xxhash.Sum64(s.Body)
	} else {
		found.Size = s.Stream.Size
	}
	s.Facts = &found
}

func factsOf(s *origin.Source, ref origin.Ref) facts {
	if s.Facts == nil {
		examine(s, ref)
	}
	f := facts{
		size:         s.Facts.Size,
		mediaType:    s.Facts.MediaType,
		isStill:      s.Facts.IsStill,
		isVideo:      s.Facts.IsVideo,
		modified:     s.LastModified,
		vary:         s.Vary,
		header:       s.Header,
		cacheControl: s.CacheControl,
		forRequest:   s.ForRequest,
	}
	if s.Facts.Format != "" {
		f.format, _ = transform.ParseFormat(s.Facts.Format)
	}
	switch {
	case strings.HasPrefix(s.ETag, `"`) && isETag(s.ETag):
		f.validator = []byte(s.ETag)
	case s.Facts.Hash != 0:
		// A weak tag or a time may stay the same although the bytes changed.
		f.validator = binary.BigEndian.AppendUint64(nil, s.Facts.Hash)
	}
	switch {
	case isETag(s.ETag) && s.Decoded:
		f.etag = decodedTag(s.ETag)
	case isETag(s.ETag):
		f.etag = s.ETag
	case s.Facts.Hash != 0:
		f.etag = strongTag(f.validator)
	}
	return f
}

// isETag reports whether a value is an entity tag (RFC 9110 section 8.8.3). Some servers
// forget the quotes.
func isETag(value string) bool {
	opaque := strings.TrimPrefix(value, "W/")
	return len(opaque) >= 2 && opaque[0] == '"' && strings.IndexByte(opaque[1:], '"') == len(opaque)-2
}

func formatOf(body []byte) (transform.Format, bool) {
	name, ok := sniff.Sniff(body)
	if !ok {
		return transform.FormatAuto, false
	}
	return transform.ParseFormat(string(name))
}

// movesOtherwise reports whether a file is an animation of a kind that is
// rendered as its first frame: APNG (PNG 3, section 11.3.2.1) or an AVIF
// sequence.
func movesOtherwise(f transform.Format, file []byte) bool {
	switch f {
	case transform.PNG:
		before, _, _ := bytes.Cut(file, []byte("IDAT"))
		return bytes.Contains(before, []byte("acTL"))
	case transform.AVIF:
		return string(file[8:12]) == "avis" // an AVIF is long enough
	}
	return false
}

// keepsSVG reports whether the file is an SVG that the plan sends as SVG. One
// is never rasterised merely because the format is left open (ImageKit,
// "Vector and animated images").
func keepsSVG(plan transform.Plan, format transform.Format) bool {
	if format != transform.SVG {
		return false
	}
	switch plan.Output.Format {
	case transform.SVG:
		return true
	case transform.FormatAuto, transform.FormatOriginal:
		return !plan.Draws()
	}
	return false
}
