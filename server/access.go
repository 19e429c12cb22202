package server

import (
	"net/http"
	"strings"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/origin/web"
	"github.com/caddy-images/caddy-images/server/reroute"
	"github.com/caddy-images/caddy-images/server/writer"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
)

// admit decides whether the request may be served, and adds to it what its
// signature proves. first is nil on the first pass.
func (q *request) admit(first *reroute.FirstPass) (err error) {
	if err := checkLoop(q.r, q.asked); err != nil {
		return err
	}
	target, path := reroute.Target(q.r, first)
	q.asked.Proof, err = q.Language.Admit(target, path, q.asked, time.Now())
	return err
}

// checkLoop refuses a whole URL that was itself fetched as a whole URL: a URL
// that leads back to this server would otherwise hold one more connection
// each time.
func checkLoop(r *http.Request, asked transform.Request) error {
	if !strings.Contains(strings.Join(r.Header.Values("CDN-Loop"), ","), web.LoopID) {
		return nil
	}
	for _, ref := range append(asked.Plan.Refs(), asked.Ref) {
		if strings.HasPrefix(ref.Server, "http") {
			return errors.New(errors.BadTransform, "The URL leads back to an image server")
		}
	}
	return nil
}

// passOn lets the next handler answer an admitted request without a
// transformation. Private originals are refused here too, and what may be
// seen for a limited time is not cached for longer.
func (q *request) passOn() error {
	guarded := writer.NewGuarded(q.w, func(_ int, header http.Header) error { return q.mayPass(header, q.asked) })
	if err := guarded.Serve(q.next, q.r); guarded.Refusal == nil {
		return err
	}
	return q.fail(guarded.Refusal)
}

// mayShow decides whether the request may show the original as it asks. If
// the width is left to a client that sends no hints, an SVG stays as it is.
func (s *Server) mayShow(r *http.Request, asked transform.Request, original *origin.Source) error {
	if keepsSVG(negotiate.Hint(asked.Plan, r.Header).Plan, factsOf(original, asked.Ref).format) {
		asked.Named = false // the response is the file itself
	}
	return s.Language.MayShow(original.Header, asked)
}

// mayPass decides by the header whether another handler's response may be
// sent as it is, and limits how long it may be cached.
func (s *Server) mayPass(header http.Header, asked transform.Request) error {
	if !s.ShowsOriginals {
		return errors.New(errors.Unauthorized, "This site does not show originals, and there is no image at this path that may be transformed")
	}
	asked.Named = false // the response is the file itself
	if err := s.Language.MayShow(header, asked); err != nil {
		return err
	}
	if asked.Meta {
		return errors.New(errors.BadImage, "There is no image or PDF at this path that may be transformed, and only those have metadata")
	}
	if asked.Plan.Page > 0 {
		// A whole document or a video must not be the response to a request
		// for an image.
		return errors.New(errors.BadImage, "There is no file with pages at this path that may be transformed; a PDF, TIFF, GIF or WebP has pages")
	}
	if err := s.warnOf(header, asked); err != nil {
		return err
	}
	if until := asked.Proof.Until; !until.IsZero() {
		header.Set("Cache-Control", keptUntil(strings.Join(header.Values("Cache-Control"), ", "), until, time.Now()))
	}
	return nil
}

// checkOriginal refuses a request for an original before an origin is asked,
// if originals are not shown.
func (s *Server) checkOriginal(asked transform.Request) error {
	if s.ShowsOriginals || asked.Meta || !asked.Plan.IsZero() {
		return nil
	}
	return errors.New(errors.Unauthorized, "This site does not show originals; the URL needs a transformation")
}

// checkFile refuses an original that may not be sent as it is: one that is too
// large, or any if originals are not shown. plan is the one for this client.
func (s *Server) checkFile(plan transform.Plan, f facts) error {
	isFile := plan.IsZero() || keepsSVG(plan, f.format)
	if isFile && !s.ShowsOriginals {
		return errors.New(errors.Unauthorized, "This site does not show originals, and this SVG would be sent as it is; the URL needs a size or another format")
	}
	if isFile && f.size > s.MaxFileSize {
		return tooLong(s.MaxFileSize)
	}
	if isFile && f.format == transform.SVG && f.size > s.MaxSVGSize {
		return errors.New(errors.Limit, "The SVG has %d bytes, more than max_svg_size, %d; another format, such as PNG, can be requested", f.size, s.MaxSVGSize)
	}
	return nil
}
