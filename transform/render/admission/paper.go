package admission

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/header"
)

// What drawing a page of a PDF takes: its library with the fonts of the
// server, what that makes of the file, the page with two groups that are
// see-through, one in the other, and the largest image in it, decoded whole.
// Measured with poppler 22.12.
const (
	paperBase   = 16 << 20
	paperByte   = 8 // of the file
	paperPixel  = 8 // of the page as it is drawn
	insidePixel = 5
	insideJPX   = 18 // planes of 32 bits, and the image that is made of them
)

// checkPaper reports whether the images in a PDF may be decoded. How large
// the page is that is asked for shows when it is opened.
func checkPaper(h header.Header, l transform.Limits) error {
	if h.Inside > l.MaxPixels {
		return errors.New(errors.Limit, "An image in the PDF has %d pixels, more than max_pixels, %d", h.Inside, l.MaxPixels)
	}
	return nil
}

// drawingPaper returns what is taken for a page that is drawn with so many
// pixels.
func (s *sketch) drawingPaper(pixels int64) int64 {
	inside := insidePixel * s.header.Inside
	if s.header.JPX {
		inside = insideJPX * s.header.Inside
	}
	return paperBase + paperByte*int64(len(s.job.Original)) + paperPixel*pixels + inside
}

// onPaper returns the size that a page is drawn at: that of the target, or
// larger in one direction, within the limits.
func (s *sketch) onPaper(target transform.Size) transform.Size {
	w, h := float64(s.facts.Size.Width), float64(s.facts.Size.Height)
	factor := max(float64(target.Width)/w, float64(target.Height)/h)
	factor = min(factor, float64(s.job.Limits.MaxDimension)/max(w, h), math.Sqrt(float64(s.job.Limits.MaxPixels)/(w*h)))
	return transform.Size{Width: max(1, int(w*factor)), Height: max(1, int(h*factor))}
}
