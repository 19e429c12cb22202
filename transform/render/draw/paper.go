//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// leastPaper is the smallest scale at which libvips draws a page.
const leastPaper = 0.001

// leastPage is the smallest width and height of a page. For invalid sizes
// libvips reports 1.
const leastPage = 2

// checkPage refuses a page of a size that libvips does not support.
func checkPage(size transform.Size) error {
	if min(size.Width, size.Height) < leastPage {
		return errors.New(errors.BadImage, "The page has no valid size; it takes %d pixels or more in each direction", leastPage)
	}
	return nil
}

// redrawPage opens a page of a PDF again, to be drawn at the target's size,
// or slightly larger in one direction. The excess of up to a pixel is cut
// off: squeezing the page would blur its text.
func (p *picture) redrawPage(target transform.Size) error {
	w, h, err := p.exactSize()
	if err != nil {
		return err
	}
	factor := max(float64(target.Width)/w, float64(target.Height)/h)
	// A page that is stretched would first be enormous.
	factor = max(leastPaper/p.enlarged, min(factor, p.mostDrawn(w, h)/max(w, h)))
	if factor*min(w, h) < 1 {
		return nil // very long and thin; it is resized instead
	}
	image, err := p.load(vips.LoadOptions{Scale: factor})
	if err != nil {
		return err
	}
	over := transform.Size{Width: image.Width() - target.Width, Height: image.Height() - target.Height}
	if min(over.Width, over.Height) == 0 && max(over.Width, over.Height) == 1 {
		if image, err = image.ExtractArea(0, 0, target.Width, target.Height); err != nil {
			return err
		}
	}
	p.frame = image
	return nil
}

// exactSize returns the size of a page of a PDF including fractions of a
// pixel. It is measured on a much larger page that is not drawn.
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

// mostDrawn returns the limit for the longer side of a drawing of w by h.
func (p *picture) mostDrawn(w, h float64) float64 {
	return math.Floor(min(
		float64(min(p.job.Limits.MaxDimension, largestDrawing)),
		math.Sqrt(float64(p.job.Limits.MaxPixels)*max(w, h)/min(w, h)),
	))
}
