//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// redraw opens an SVG again, to be drawn at its size times the factor, or a
// little larger.
//
// librsvg keeps a drawing's shape: where that does not fit whole pixels, it
// leaves a strip on both sides half transparent. So the size that is looked for
// is one that fits, and resizing does the rest.
func (p *picture) redraw(factor float64) error {
	w, h, err := p.exactSize()
	if err != nil {
		return err
	}
	long, short := max(w, h), min(w, h)
	image, err := p.load(vips.LoadOptions{Scale: fitting(long, short, math.Ceil(factor*long), p.mostDrawn(w, h)) / long})
	if err != nil {
		return err
	}
	p.frame = image
	return nil
}

// largestDrawing is the longest side that cairo can draw.
const largestDrawing = 32767

// exactSize is the size of an SVG, or of a page of a PDF, with the part of a pixel that it may have. It
// is read off a much larger one that nobody draws.
func (p *picture) exactSize() (w, h float64, err error) {
	const much, longest = 1000, 9_000_000 // libvips takes sides up to 10,000,000
	scale := min(much, longest/float64(max(p.frame.Width(), p.frame.Height())))
	large, err := p.load(vips.LoadOptions{Scale: scale})
	if err != nil {
		return 0, 0, err
	}
	defer large.Close()
	return float64(large.Width()) / scale, float64(large.Height()) / scale, nil
}

// fitting is the length near wanted, and at most most, that the long side must
// have for the short side to be whole pixels too. It is a longer one than
// wanted, unless that is too much: a long and thin drawing that is stretched
// across would be enormous on its way there.
func fitting(long, short, wanted, most float64) float64 {
	first, last, by := wanted, min(most, 2*wanted+100), 1.0
	if wanted > most || short/long*last < 1 {
		first, last, by = most, 1, -1
	}
	best, least := first, math.Inf(1)
	for side := first; (last-side)*by >= 0; side += by {
		other := side * short / long
		whole := math.Round(other)
		if whole < 1 {
			continue
		}
		// What stays empty: of the short side's room, or of the long one's.
		empty := whole - other
		if empty < 0 {
			empty *= -long / short
		}
		if empty < least {
			best, least = side, empty
		}
		if least < 0.01 {
			break
		}
	}
	return best
}
