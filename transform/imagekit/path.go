package imagekit

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/errors"
)

// pathParts are the parts of a path below the endpoint.
type pathParts struct {
	file  string // percent-encoded
	tr    string // decoded, without `tr:`
	hasTr bool

	// taken are the segments to remove from the path to get the file's, in
	// order and as received: tr: and ik-seo.
	taken []string

	// suffix is the name that ik-seo has after the file's path, as received
	// and with its slash, and ext the end of the file's path that it
	// replaces.
	suffix, ext string

	// thumbnail reports whether it asks for an image of one page of the file.
	thumbnail bool
}

// parsePath parses
// `[ik-seo/][tr:<transformation>/]<file>[/ik-thumbnail.jpg]`, with the first
// two in either order. The transformation may also be further on: before any
// segment of the file's path, or after it. ImageKit documents it only at the
// beginning, and serves the others.
func parsePath(below string) (pathParts, error) {
	p, seo := pathParts{file: below}, false
	for {
		segment, rest, _ := strings.Cut(p.file, "/")
		name, err := url.PathUnescape(segment)
		if err != nil {
			return pathParts{}, malformedEncoding(err)
		}
		switch {
		case strings.HasPrefix(name, "tr:") && !p.hasTr:
			p.tr, p.hasTr = name[len("tr:"):], true
		case name == "ik-seo" && !seo:
			seo = true
		default:
			if err := p.takeTr(); err != nil {
				return pathParts{}, err
			}
			behind := p.takeThumbnail()
			if err := p.checkFile(); err != nil {
				return pathParts{}, err
			}
			if seo {
				if p, err = p.unnamed(); err != nil {
					return pathParts{}, err
				}
			}
			p.suffix += behind
			return p, wellFormed(p.tr)
		}
		p.taken = append(p.taken, segment)
		p.file = strings.TrimLeft(rest, "/")
	}
}

// takeTr removes a transformation that is further on, with the slashes after
// it, from the path. Anything in the path of another server's URL belongs to
// that server.
func (p *pathParts) takeTr() error {
	if !strings.Contains(p.file, "%") && !strings.Contains(p.file, "tr:") {
		return nil
	}
	segments := strings.Split(p.file, "/")
	if first, err := url.PathUnescape(segments[0]); p.hasTr || err != nil || strings.EqualFold(first, "http:") || strings.EqualFold(first, "https:") {
		return nil
	}
	for i, segment := range segments {
		name, err := url.PathUnescape(segment)
		if err != nil {
			return malformedEncoding(err)
		}
		tr, is := strings.CutPrefix(name, "tr:")
		if !is {
			continue
		}
		p.tr, p.hasTr = tr, true
		p.taken = append(p.taken, segment)
		p.file = strings.Join(segments[:i], "/")
		if rest := strings.TrimLeft(strings.Join(segments[i+1:], "/"), "/"); rest != "" {
			p.file += "/" + rest
		}
		return nil
	}
	return nil
}

// checkFile refuses special segments in the path of a file.
func (p pathParts) checkFile() error {
	i := -1
	for segment := range strings.SplitSeq(p.file, "/") {
		i++
		name, err := url.PathUnescape(segment)
		if err != nil {
			return malformedEncoding(err)
		}
		if strings.HasPrefix(name, "tr:") {
			return errors.New(errors.BadTransform, "The path has a second tr:, or one in the URL of another server; it takes one before that")
		}
		if name == thumbnail && i > 0 {
			return errors.New(errors.BadTransform, "The path has %s before its end; it takes one, after the file", thumbnail)
		}
		if r, ok := specialSegment(name, i == 0); ok {
			return r.refusal()
		}
	}
	return nil
}

// unnamed removes the name for search engines from the file's path:
// `photos/DSC1234/eiffel-tower.jpg` is the file `photos/DSC1234.jpg`
// (ImageKit, "SEO-friendly image URL").
func (p pathParts) unnamed() (pathParts, error) {
	slash, dot := strings.LastIndexByte(p.file, '/'), strings.LastIndexByte(p.file, '.')
	if slash < 1 || p.file[slash-1] == '/' || dot < slash+2 || dot == len(p.file)-1 {
		return pathParts{}, errors.New(errors.BadTransform, "ik-seo is followed by %s; it takes the path without extension, a slash, and a name with the extension", errors.Quote(p.file))
	}
	p.suffix, p.ext = p.file[slash:], p.file[dot:]
	p.file = p.file[:slash] + p.ext
	// On the second pass such a path would be parsed as an ik-seo URL again,
	// and name another file.
	if first, _, more := strings.Cut(p.file, "/"); more {
		if name, err := url.PathUnescape(first); err != nil || name == "ik-seo" {
			return pathParts{}, errors.New(errors.BadTransform, "The path has ik-seo twice; it takes one")
		}
	}
	return p, nil
}

// segments are the path segments that ImageKit gives a meaning, besides tr:
// and ik-seo.
var segments = []row{
	{name: "ik-genimg", state: never, why: needsAI},
	{name: thumbnail},
	{name: "ik-video.mp4", state: never, why: isVideo},
	{name: "ik-gif-video.mp4", state: never, why: isVideo},
	{name: "ik-master.m3u8", state: never, why: isVideo},
	{name: "ik-master.mpd", state: never, why: isVideo},
}

// specialSegment finds the row of a path segment. Segments without an
// extension precede the file's path, those with one follow it.
func specialSegment(name string, first bool) (row, bool) {
	if strings.HasPrefix(name, "ik-genimg-prompt-") {
		name = "ik-genimg"
	}
	for _, r := range segments {
		if behind := strings.Contains(r.name, "."); name == r.name && behind != first {
			return r, true
		}
	}
	return row{}, false
}

func malformedEncoding(cause error) error {
	return errors.New(errors.BadTransform, "The URL has a malformed percent-encoding; %% must be followed by two hex digits").Because(cause)
}

// wellFormed refuses a transformation that is not text.
func wellFormed(tr string) error {
	if !utf8.ValidString(tr) {
		return errors.New(errors.BadTransform, "The transformation is not percent-encoded UTF-8")
	}
	return nil
}
