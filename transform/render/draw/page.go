//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// turnTo opens the page or frame of the file that is asked for, from 1. first is
// the first one, opened.
func (p *picture) turnTo(page int, first *vips.Image) (*vips.Image, error) {
	pages := pagesOf(first, p.source)
	switch {
	case page > pages && pages == 1:
		return nil, errors.New(errors.BadTransform, "Page %d is asked for; the original has 1 page", page)
	case page > pages:
		return nil, errors.New(errors.BadTransform, "Page %d is asked for; the original has %d pages", page, pages)
	case page > p.job.Limits.MaxFrames && isAnimation(p.source):
		// A frame is what changes in the one before, so that all of those are drawn.
		return nil, errors.New(errors.Limit, "Frame %d is asked for, beyond max_frames, %d", page, p.job.Limits.MaxFrames)
	case page == 1:
		return first, nil
	}
	p.page = page - 1
	return p.load(vips.LoadOptions{})
}

// pagesOf returns how many pages a file has: an animation's frames, or the
// pages of a document. The images in a HEIF are one, in several forms.
func pagesOf(image *vips.Image, source sniff.Format) int {
	if isAnimation(source) || source == sniff.TIFF || source == sniff.PDF {
		return image.Pages()
	}
	return 1
}

func isAnimation(source sniff.Format) bool { return source == sniff.GIF || source == sniff.WebP }
