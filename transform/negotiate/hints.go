package negotiate

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// Hinted is a plan settled by client hints (ImageKit, "Client hints").
type Hinted struct {
	// Plan is the plan with nothing left to the client.
	Plan transform.Plan

	// Vary are the request headers that were read.
	Vary []string

	// AcceptCH are the hints that clients should send for this URL; empty if
	// it leaves nothing to them.
	AcceptCH string

	// place is the width of the image's place in CSS pixels; 0 if unknown.
	place float64
}

// Hint settles a plan by the client hints of a request. It reads only hints
// that the plan leaves to the client, and a hint's older name only if the
// newer one is missing or invalid. An invalid hint is ignored.
//
// A width is rounded up to a multiple of 100, as ImageKit does, and a DPR to
// a multiple of 1/8, as screens have: this limits the variants to a hundred
// widths and forty DPRs.
func Hint(p transform.Plan, header http.Header) Hinted {
	wantsWidth, wantsDPR := p.Automatic()
	if !wantsWidth && !wantsDPR {
		return Hinted{Plan: p}
	}
	h := Hinted{AcceptCH: "Sec-CH-DPR"}
	var width, dpr float64
	if wantsWidth {
		h.AcceptCH = "Sec-CH-DPR, Sec-CH-Width"
		width = h.read(header, parseWidth, "Sec-CH-Width", "Width")
	}
	if wantsDPR || width > 0 {
		dpr = h.read(header, parseDPR, "Sec-CH-DPR", "DPR")
	}
	h.Plan = p.Settle(transform.Hints{
		Width: int(math.Ceil(width/100) * 100),
		DPR:   math.Ceil(dpr*8) / 8,
	})
	switch {
	case dpr == 0:
	case width > 0:
		h.place = width / dpr
	default:
		h.place = explicitWidth(p)
	}
	return h
}

// ContentDPR returns the number of pixels of an image of the width per CSS
// pixel of its place, as the value of Content-DPR with at most two decimals.
// It is empty if that is unknown.
func (h Hinted) ContentDPR(width int) string {
	if h.place <= 0 || width <= 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(float64(width)/h.place*100)/100, 'f', -1, 64)
}

// read returns the first valid hint of the names, 0 if there is none, and
// notes the headers it read.
func (h *Hinted) read(header http.Header, parse func(string) float64, names ...string) float64 {
	for _, name := range names {
		h.Vary = append(h.Vary, name)
		if lines := header.Values(name); len(lines) == 1 {
			if v := parse(strings.Trim(lines[0], " \t")); v > 0 {
				return v
			}
		}
	}
	return 0
}

// widest is the largest accepted width, in pixels.
const widest = 10000

// parseWidth parses a whole number of pixels; 0 if invalid.
func parseWidth(text string) float64 {
	if n, err := strconv.ParseUint(text, 10, 16); err == nil && n <= widest {
		return float64(n)
	}
	return 0
}

// parseDPR parses a decimal number (RFC 8941 section 3.3.2) up to 100, which
// a zoomed page may have, and limits it to ImageKit's 0.1 to 5; 0 if invalid.
func parseDPR(text string) float64 {
	const most = 16 // characters
	if len(text) > most || strings.Trim(text, "0123456789.") != "" {
		return 0
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || v <= 0 || v > 100 {
		return 0
	}
	return min(max(v, 0.1), 5)
}

// explicitWidth returns the width in CSS pixels that the plan gives an image
// with an automatic DPR; 0 if it is given in another way.
func explicitWidth(p transform.Plan) float64 {
	for _, s := range p.Steps {
		if s.Resize.AutoDPR {
			n, fraction := s.Resize.Width.Parts()
			if w, constant := n.Constant(); constant && !fraction {
				return w
			}
		}
	}
	return 0
}
