package images

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// showsOriginals tells whether a file may be answered as it is, byte for byte.
func (h *Handler) showsOriginals() bool { return *h.AllowOriginalImageRequest }

// checkOriginal refuses a request that asks for an original, where those are not
// shown, before anybody is asked for it.
func (h *Handler) checkOriginal(asked transform.Request) error {
	if h.showsOriginals() || asked.Meta || !asked.Plan.IsZero() {
		return nil
	}
	return errors.New(errors.Unauthorized, "This site does not show originals; the URL takes a transformation")
}

// checkFile refuses an original that would be the answer as it is, where that may
// not be: it is a large SVG, or originals are not shown. plan is what came of the
// URL for this client.
func (h *Handler) checkFile(plan transform.Plan, body []byte) error {
	isFile := plan.IsZero() || keepsSVG(plan, body)
	if isFile && !h.showsOriginals() {
		return errors.New(errors.Unauthorized, "This site does not show originals, and nothing is drawn of this one; the URL takes a size, or another format than SVG")
	}
	if size := int64(len(body)); isFile && size > h.MaxSVGSize {
		if f, _ := formatOf(body); f == transform.SVG {
			return errors.New(errors.Limit, "The SVG has %d bytes, more than max_svg_size, %d; it can be had in another format, such as PNG", size, h.MaxSVGSize)
		}
	}
	return nil
}
