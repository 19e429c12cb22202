package server

import (
	"context"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// What is sent as it is need not be in memory. If that is known from the URL,
// the origin is asked for a stream, and the first bytes decide whether the
// file is what it seems to be. If not, it is fetched again as a whole.

// videoExtensions are those whose media type not every system knows.
var videoExtensions = map[string]bool{
	".3g2": true, ".3gp": true, ".avi": true, ".flv": true, ".m4v": true, ".mkv": true, ".mov": true, ".mp4": true,
	".mpeg": true, ".mpg": true, ".mts": true, ".ogv": true, ".webm": true, ".wmv": true,
}

// isVideoName reports whether a file has the extension of a video.
func isVideoName(ref origin.Ref) bool {
	extension := strings.ToLower(path.Ext(ref.Name()))
	return videoExtensions[extension] || isVideoType(mime.TypeByExtension(extension))
}

// isFileName reports whether a file has the extension of something else than
// an image.
func isFileName(ref origin.Ref) bool {
	extension := strings.ToLower(path.Ext(ref.Name()))
	if extension == ".pdf" || isVideoName(ref) {
		return true
	}
	kind, _ := mediaType(mime.TypeByExtension(extension))
	return kind != "" && !isPicture(extension) && !strings.HasPrefix(kind, "image/")
}

// mayStream reports whether the URL alone says that the original, or a video
// in its place, is sent as it is.
func (s *Server) mayStream(asked transform.Request) bool {
	switch {
	case asked.Meta || asked.Plan.Page > 0:
		return false
	case !asked.Plan.IsZero():
		return s.Dialect.IgnoresUnsupported && isVideoName(asked.Ref)
	}
	return !s.mayOptimize(asked) || isFileName(asked.Ref)
}

// streaming returns how a stream is requested.
func streaming(r *http.Request, asked transform.Request) origin.Streaming {
	wanted := origin.Streaming{Wanted: true, OrWhole: !isVideoName(asked.Ref)}
	wanted.StartOnly = r.Method != http.MethodGet || r.Header.Get("Range") != "" || hasConditions(r.Header)
	if r.Method == http.MethodGet && hasFewRanges(r) {
		wanted.Range = r.Header.Get("Range")
	}
	return wanted
}

// mostRanges limits the ranges of a request that are passed on to a server:
// each is a request to it.
const mostRanges = 8

// hasFewRanges reports whether the request has ranges, and not too many to
// ask a server for.
func hasFewRanges(r *http.Request) bool {
	wanted := r.Header.Get("Range")
	return wanted != "" && strings.Count(wanted, ",") < mostRanges
}

// isStreamed reports whether the first bytes of a stream prove that the file
// is sent as it is. They do not for what may turn out to be an SVG: there is
// a limit to its size, and a compressed one is unpacked.
func (s *Server) isStreamed(original *origin.Source, asked transform.Request) bool {
	start := original.Body
	if sniff.IsGzip(start) {
		start = origin.GunzipStart(start, svgzStart)
		if sniff.MayBeSVG(start) {
			return false
		}
	}
	format, _ := formatOf(original.Body)
	switch {
	case !asked.Plan.IsZero():
		return !sniff.MayBeSVG(start) && isVideo(original, typeOf(original, format, asked.Ref))
	case s.mayOptimize(asked):
		return format == transform.FormatAuto && !sniff.MayBeSVG(start)
	case format == transform.SVG:
		return original.Stream.Size >= 0
	}
	return !sniff.MayBeSVG(start)
}

// fetchStream fetches an original that is perhaps sent as it is. It returns
// nil if it is not.
func (s *Server) fetchStream(ctx context.Context, from origin.Origin, question origin.Request, r *http.Request, asked transform.Request) (*origin.Source, error) {
	question.Stream = streaming(r, asked)
	original, err := from.Fetch(ctx, question)
	if err == nil && original.Stream != nil && !s.isStreamed(original, asked) {
		original.Close()
		return nil, nil
	}
	return original, err
}

// fetchFile fetches an original by its URL: as a stream if it is sent as it
// is, and whole otherwise.
func (s *Server) fetchFile(ctx context.Context, from origin.Origin, question origin.Request, r *http.Request, asked transform.Request) (*origin.Source, error) {
	if s.mayStream(asked) {
		if original, err := s.fetchStream(ctx, from, question, r, asked); original != nil || err != nil {
			return original, err
		}
		return from.Fetch(ctx, question)
	}
	original, err := from.Fetch(ctx, question)
	if errors.Is(err, errors.Limit) && s.mayOptimize(asked) {
		// Its name did not say so, but it may be no image.
		if file, failure := s.fetchStream(ctx, from, question, r, asked); file != nil && file.Stream != nil || isAnswered(failure) {
			return file, failure
		}
	}
	return original, err
}
