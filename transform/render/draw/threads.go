//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// large is from how many pixels on, of a frame, libvips works with all the
// threads that a job has. With two processors large images are then scaled,
// blurred, sharpened and turned 1.3 to 1.6 times as fast. Below it takes as
// long, and some percent more of the processors' time: as it does to decode
// and encode, which codecs do on one thread whatever they are told.
const large = 500_000

// spread gives what is computed of the image from now on the threads that the
// size asks for. It changes no pixel.
func (p *picture) spread(size transform.Size) {
	if p.job.Threads <= 1 {
		return // as libvips does without being told
	}
	p.threads = 1
	// The libraries that draw SVGs and PDFs do one piece after the other.
	if !isDrawing(p.source) && size.Pixels() >= large {
		p.threads = p.job.Threads
	}
	p.employ(p.frame)
}

// employ has libvips compute an image, and whatever is derived from it, with the
// threads of now.
func (p *picture) employ(image *vips.Image) {
	if p.threads > 0 {
		image.SetInt(vips.FieldConcurrency, p.threads)
	}
}

// larger returns the one with more pixels.
func larger(a, b transform.Size) transform.Size {
	if a.Pixels() > b.Pixels() {
		return a
	}
	return b
}
