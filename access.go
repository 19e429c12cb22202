package images

import (
	"net/http"
	"strings"
	"time"

	"github.com/caddyserver/caddy/v2/modules/caddyhttp"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/negotiate"
)

// admit decides whether the request may be served, and adds to what it asks for
// what its signature proves. first is nil for a request on its first pass.
func (h *Handler) admit(r *http.Request, first *firstPass, asked *transform.Request) (err error) {
	if err := checkLoop(r, *asked); err != nil {
		return err
	}
	target, path := asReceived(r, first)
	asked.Proof, err = h.language.Admit(target, path, *asked, time.Now())
	return err
}

// passOn has the next handler answer an admitted request that nothing is
// transformed for. What is private is not shown here either, and what may be
// seen for a time only is not kept for longer.
func (h *Handler) passOn(w http.ResponseWriter, r *http.Request, asked transform.Request, nextHandler caddyhttp.Handler) error {
	guarded := newGuardedWriter(w, func(_ int, header http.Header) error { return h.mayPass(header, asked) })
	if err := guarded.serve(nextHandler, r); guarded.refusal == nil {
		return err
	}
	return h.fail(w, r, guarded.refusal)
}

// mayShow decides whether the request may be shown what it asks for of the
// original. A width that is left to a client that says none leaves an SVG as it is.
func (h *Handler) mayShow(r *http.Request, asked transform.Request, original *origin.Source) error {
	if keepsSVG(negotiate.Hint(asked.Plan, r.Header).Plan, original.Body) {
		asked.Named = false // the answer is the file itself
	}
	return h.language.MayShow(original.Header, asked)
}

// mayPass decides, by its header, whether somebody else's answer may be sent on
// as it is, and bounds how long it may be kept.
func (h *Handler) mayPass(header http.Header, asked transform.Request) error {
	if !h.showsOriginals() {
		return errors.New(errors.Unauthorized, "This site does not show originals, and has no image there, or none that may be transformed")
	}
	asked.Named = false // whatever was asked for, this is the file itself
	if err := h.language.MayShow(header, asked); err != nil {
		return err
	}
	if asked.Meta {
		return errors.New(errors.BadImage, "This site has nothing there that metadata is known of, or nothing that may be transformed; it is known of pictures and PDF")
	}
	if asked.Plan.Page > 0 {
		// A whole document, or a video, under the name of a picture is no answer.
		return errors.New(errors.BadImage, "This site has nothing there of which a page can be drawn, or nothing that may be transformed; pages are those of a PDF, a TIFF, a GIF or a WebP")
	}
	if err := h.warnOf(header, asked); err != nil {
		return err
	}
	if until := asked.Proof.Until; !until.IsZero() {
		header.Set("Cache-Control", keptUntil(strings.Join(header.Values("Cache-Control"), ", "), until, time.Now()))
	}
	return nil
}
