//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render/steps"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// spread sets the threads for further computations on the image, by its size.
// It does not change pixels.
func (p *picture) spread(size transform.Size) {
	if p.job.Threads <= 1 {
		return // libvips' default
	}
	p.threads = 1
	// The libraries for SVGs and PDFs draw one piece after the other.
	if !isDrawing(p.source) && size.Pixels() >= steps.Large {
		p.threads = p.job.Threads
	}
	p.employ(p.frame)
}

// employ makes libvips compute an image, and images derived from it, with the
// current number of threads.
func (p *picture) employ(image *vips.Image) {
	if p.threads > 0 {
		image.SetInt(vips.FieldConcurrency, p.threads)
	}
}

// larger returns the size with more pixels.
func larger(a, b transform.Size) transform.Size {
	if a.Pixels() > b.Pixels() {
		return a
	}
	return b
}
