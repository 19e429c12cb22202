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

// admit decides whether the request may be served, and adds to what it asks for
// what its signature proves. first is nil for a request on its first pass.
func (q *request) admit(first *reroute.FirstPass) (err error) {
	if err := checkLoop(q.r, q.asked); err != nil {
		return err
	}
	target, path := reroute.Target(q.r, first)
	q.asked.Proof, err = q.Language.Admit(target, path, q.asked, time.Now())
	return err
}

// checkLoop refuses a whole URL that was fetched by a whole URL: one that names
// this server again and again would keep a connection for each time.
func checkLoop(r *http.Request, asked transform.Request) error {
	if !strings.Contains(strings.Join(r.Header.Values("CDN-Loop"), ","), web.LoopID) {
		return nil
	}
	for _, ref := range append(asked.Plan.Refs(), asked.Ref) {
		if strings.HasPrefix(ref.Server, "http") {
			return errors.New(errors.BadTransform, "The URL names one that leads to an image server again")
		}
	}
	return nil
}

// passOn has the next handler answer an admitted request that nothing is
// transformed for. What is private is not shown here either, and what may be
// seen for a time only is not kept for longer.
func (q *request) passOn() error {
	guarded := writer.NewGuarded(q.w, func(_ int, header http.Header) error { return q.mayPass(header, q.asked) })
	if err := guarded.Serve(q.next, q.r); guarded.Refusal == nil {
		return err
	}
	return q.fail(guarded.Refusal)
}

// mayShow decides whether the request may be shown what it asks for of the
// original. A width that is left to a client that says none leaves an SVG as it is.
func (s *Server) mayShow(r *http.Request, asked transform.Request, original *origin.Source) error {
	format, _ := formatOf(original.Body)
	if keepsSVG(negotiate.Hint(asked.Plan, r.Header).Plan, format) {
		asked.Named = false // the response is the file itself
	}
	return s.Language.MayShow(original.Header, asked)
}

// mayPass decides, by its header, whether another handler's response may be sent on
// as it is, and bounds how long it may be kept.
func (s *Server) mayPass(header http.Header, asked transform.Request) error {
	if !s.ShowsOriginals {
		return errors.New(errors.Unauthorized, "This site does not show originals, and has no image there, or none that may be transformed")
	}
	asked.Named = false // whatever was asked for, this is the file itself
	if err := s.Language.MayShow(header, asked); err != nil {
		return err
	}
	if asked.Meta {
		return errors.New(errors.BadImage, "This site has nothing there that metadata is known of, or nothing that may be transformed; it is known of pictures and PDF")
	}
	if asked.Plan.Page > 0 {
		// A whole document, or a video, under the name of an image is no
		// answer.
		return errors.New(errors.BadImage, "This site has nothing there of which a page can be drawn, or nothing that may be transformed; pages are those of a PDF, a TIFF, a GIF or a WebP")
	}
	if err := s.warnOf(header, asked); err != nil {
		return err
	}
	if until := asked.Proof.Until; !until.IsZero() {
		header.Set("Cache-Control", keptUntil(strings.Join(header.Values("Cache-Control"), ", "), until, time.Now()))
	}
	return nil
}

// checkOriginal refuses a request that asks for an original if those are not shown,
// before an origin is asked for it.
func (s *Server) checkOriginal(asked transform.Request) error {
	if s.ShowsOriginals || asked.Meta || !asked.Plan.IsZero() {
		return nil
	}
	return errors.New(errors.Unauthorized, "This site does not show originals; the URL takes a transformation")
}

// checkFile refuses an original that would be the response as it is, if that may not be:
// it is a large SVG, or originals are not shown. plan is the one for this client.
func (s *Server) checkFile(plan transform.Plan, f facts) error {
	isFile := plan.IsZero() || keepsSVG(plan, f.format)
	if isFile && !s.ShowsOriginals {
		return errors.New(errors.Unauthorized, "This site does not show originals, and nothing is drawn of this one; the URL takes a size, or another format than SVG")
	}
	if isFile && f.format == transform.SVG && f.size > s.MaxSVGSize {
		return errors.New(errors.Limit, "The SVG has %d bytes, more than max_svg_size, %d; it can be had in another format, such as PNG", f.size, s.MaxSVGSize)
	}
	return nil
}
