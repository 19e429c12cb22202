//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// turnTo opens the requested page or frame of the file, from 1. first is the
// first one, opened.
func (p *picture) turnTo(page int, first *vips.Image) (*vips.Image, error) {
	pages := pagesOf(first, p.source)
	switch {
	case page > pages && pages == 1:
		return nil, errors.New(errors.BadTransform, "Page %d was requested; the original has 1 page", page)
	case page > pages:
		return nil, errors.New(errors.BadTransform, "Page %d was requested; the original has %d pages", page, pages)
	case page > p.job.Limits.MaxFrames && isAnimation(p.source):
		// A frame contains the changes to the previous one, so all of those
		// are decoded.
		return nil, errors.New(errors.Limit, "Frame %d was requested, more than max_frames, %d", page, p.job.Limits.MaxFrames)
	case page == 1:
		return first, nil
	}
	p.page = page - 1
	return p.load(vips.LoadOptions{})
}

// pagesOf returns the number of frames of an animation, or of pages of a
// document. The images in a HEIF are one image in several forms.
func pagesOf(image *vips.Image, source sniff.Format) int {
	if isAnimation(source) || source == sniff.TIFF || source == sniff.PDF {
		return image.Pages()
	}
	return 1
}

func isAnimation(source sniff.Format) bool { return source == sniff.GIF || source == sniff.WebP }
