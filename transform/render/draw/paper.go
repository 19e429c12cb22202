//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// leastPaper is the smallest multiple of its size that libvips draws a page at.
const leastPaper = 0.001

// leastPage is how many pixels a page has at least in each direction. libvips says
// of one that has none, or more than can be counted, that it has one.
const leastPage = 2

// checkPage refuses a page that libvips could not make out.
func checkPage(size transform.Size) error {
	if min(size.Width, size.Height) < leastPage {
		return errors.New(errors.BadImage, "The page has no size that can be drawn; it takes %d pixels or more in each direction", leastPage)
	}
	return nil
}

// redrawPage opens a page of a PDF again, to be drawn as large as the target, or a
// little larger in one direction. Up to a pixel too much is cut off there:
// squeezing the page by that would blur its letters.
func (p *picture) redrawPage(target transform.Size) error {
	w, h, err := p.exactSize()
	if err != nil {
		return err
	}
	factor := max(float64(target.Width)/w, float64(target.Height)/h)
	// What is stretched across would be enormous on its way there.
	factor = max(leastPaper/p.enlarged, min(factor, p.mostDrawn(w, h)/max(w, h)))
	if factor*min(w, h) < 1 {
		return nil // very long and thin; resizing it does
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

// exactSize returns the size of a page of a PDF, with the part of a pixel
// that it may have. It is read off a much larger one that is not drawn.
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

// mostDrawn returns the longest that the long side of a drawing of w by h may
// become.
func (p *picture) mostDrawn(w, h float64) float64 {
	return math.Floor(min(
		float64(min(p.job.Limits.MaxDimension, largestDrawing)),
		math.Sqrt(float64(p.job.Limits.MaxPixels)*max(w, h)/min(w, h)),
	))
}
