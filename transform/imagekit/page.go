package imagekit

import (
	"errors"
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// thumbnail is the segment after the path of a file that asks for an image of
// one of its pages (ImageKit, "Resize, crop and other transformations",
// "Page").
const thumbnail = "ik-thumbnail.jpg"

// takeThumbnail removes that segment from the path, and returns it with its
// slash, as received.
func (p *pathParts) takeThumbnail() string {
	slash := strings.LastIndexByte(p.file, '/')
	if slash < 1 {
		return ""
	}
	if name, err := url.PathUnescape(p.file[slash+1:]); err != nil || name != thumbnail {
		return ""
	}
	behind := p.file[slash:]
	p.file, p.thumbnail = p.file[:slash], true
	return behind
}

// plain returns the plan of a URL without a transformation.
func plain(isThumbnail bool) transform.Plan {
	if !isThumbnail {
		return transform.Plan{}
	}
	return transform.Plan{Page: 1, Output: transform.Output{Format: transform.JPEG}}
}

// lastPage exceeds the pages of any document.
const lastPage = 10_000

const ofPSD = "several pages, and names, are for the layers of a PSD, which are not supported; it takes 1 to 10000"

// readPage reads the number of a page or frame. ImageKit also accepts
// several, which a PSD composes.
func readPage(s *step, v string) (ok bool) {
	switch {
	case s.layer != nil && s.layer.Kind != transform.ImageLayer:
		s.problem = errors.New("i-" + canvas + " has no pages")
		return false
	case strings.HasPrefix(v, "name-") || strings.Trim(v, "0123456789_-") == "" && strings.Trim(v, "0123456789") != "":
		s.problem = errors.New(ofPSD)
		return false
	}
	*s.page, ok = whole(v, 1, lastPage)
	return ok
}
