package negotiate

import (
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// Hinted is a plan and what client hints say to it (ImageKit, "Client hints").
type Hinted struct {
	// Plan is the plan, nothing of it left to the client.
	Plan transform.Plan

	// Vary are the request's headers that were read.
	Vary []string

	// AcceptCH are the hints that clients should send for this URL; empty where
	// it leaves nothing to them.
	AcceptCH string

	// place is the width of the image's place in CSS pixels; 0 for unknown.
	place float64
}

// Hint settles a plan by the client hints of a request. It reads only what the
// plan leaves to the client, a hint's older name only where the newer one is not
// sent or makes no sense. A hint that makes no sense is none.
//
// A width is rounded up to a multiple of 100, as ImageKit does, and a DPR to a
// multiple of 1/8, which the screens that are sold have: so that what clients say
// makes at most a hundred variants of a width, and forty of a DPR.
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

// ContentDPR returns how many pixels of an image of the width fall on a CSS
// pixel of its place, as the value of Content-DPR: with two decimals at most.
// It is empty where that is not known.
func (h Hinted) ContentDPR(width int) string {
	if h.place <= 0 || width <= 0 {
		return ""
	}
	return strconv.FormatFloat(math.Round(float64(width)/h.place*100)/100, 'f', -1, 64)
}

// read returns the first hint of the names that makes sense, 0 if none does, and
// notes what it read.
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

// widest is the largest width that is believed, in pixels.
const widest = 10000

// parseWidth reads a whole number of pixels; 0 is for what makes no sense.
func parseWidth(text string) float64 {
	if n, err := strconv.ParseUint(text, 10, 16); err == nil && n <= widest {
		return float64(n)
	}
	return 0
}

// parseDPR reads a decimal number (RFC 8941 section 3.3.2) up to 100, which a
// page that is zoomed into may have, as 0.1 to 5, what ImageKit takes; 0 is for
// what makes no sense.
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
// whose DPR it leaves to the client; 0 where it is given otherwise.
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
