package imagizer

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// pathParts are the parts of a path below the endpoint.
type pathParts struct {
	file string // percent-encoded

	// prefix are the segments before the file's path, as received, and query
	// is their meaning.
	prefix []string
	query  string
}

var (
	sizeSegment   = regexp.MustCompile(`^(\d*)x(\d*)(?:q(\d+))?$`)
	dprSegment    = regexp.MustCompile(`^x(\d+(?:\.\d+)?)$`)
	serverSegment = regexp.MustCompile(`^img\d+$`)
)

// checkLegacy refuses an endpoint with a segment that begins a legacy path:
// removing that from a path could remove the endpoint's own.
func (d *Dialect) checkLegacy() error {
	if !d.legacyPaths {
		return nil
	}
	for segment := range strings.SplitSeq(string(d.endpoint), "/") {
		if segment == "a" || segment == "v2" || sizeSegment.MatchString(segment) {
			return fmt.Errorf("endpoint %q has the segment %q, which begins a legacy path (legacy_paths)", d.endpoint, segment)
		}
	}
	return nil
}

// parsePath parses the paths of Imagizer's early versions, if enabled:
//
//	/{W}x{H}[q{Q}][/c][/x{DPR}]/file     W or H may be missing; c is crop=fit
//	/v2/{W}x{H}[q{Q}][/r]/file           both may be; what r means is not known
//	/a/img{N}/file                       the original
//
// All other paths are paths of files.
func (d *Dialect) parsePath(below string) (pathParts, error) {
	p := pathParts{file: below}
	if !d.legacyPaths || !p.takeLegacy() {
		return p, nil
	}
	// On the second pass such a path would be parsed as a legacy path again,
	// and name another file.
	again := pathParts{file: p.file}
	if again.takeLegacy() {
		return pathParts{}, errors.New(errors.BadTransform, "The path has a size twice; it takes one")
	}
	return p, nil
}

// takeLegacy removes the segments that are not part of the file's path.
func (p *pathParts) takeLegacy() bool {
	first := p.next()
	switch {
	case first == "a" && serverSegment.MatchString(second(p.file)):
		p.take()
		return true
	case first == "v2" && sizeSegment.MatchString(second(p.file)):
		p.take()
		p.takeSize()
		if p.next() == "r" {
			p.take()
		}
		return true
	case first == "x" || !sizeSegment.MatchString(first):
		return false
	}
	p.takeSize()
	if p.next() == "c" {
		p.take()
		p.query = with(p.query, "crop=fit")
	}
	if m := dprSegment.FindStringSubmatch(p.next()); m != nil {
		p.take()
		p.query = with(p.query, "dpr="+m[1])
	}
	return true
}

func (p *pathParts) takeSize() {
	m := sizeSegment.FindStringSubmatch(p.next())
	for i, name := range []string{"width", "height", "quality"} {
		if m[i+1] != "" {
			p.query = with(p.query, name+"="+m[i+1])
		}
	}
	p.take()
}

// next returns the first segment, decoded; empty if nothing follows it, since
// it is then the file.
func (p *pathParts) next() string {
	segment, rest, _ := strings.Cut(p.file, "/")
	name, err := url.PathUnescape(segment)
	if err != nil || strings.Trim(rest, "/") == "" {
		return ""
	}
	return name
}

// take moves the first segment, and the slashes after it, to the prefix.
func (p *pathParts) take() {
	segment, rest, _ := strings.Cut(p.file, "/")
	p.prefix = append(p.prefix, segment)
	p.file = strings.TrimLeft(rest, "/")
}

// second returns the second segment of a path, decoded, if something follows
// it.
func second(path string) string {
	_, rest, _ := strings.Cut(path, "/")
	return (&pathParts{file: strings.TrimLeft(rest, "/")}).next()
}
