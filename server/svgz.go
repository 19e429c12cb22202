package server

import (
	"bytes"
	stderrors "errors"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// svgzStart is how far into a compressed SVG its root element is looked for.
const svgzStart = 64 << 10

// isSVGZ reports whether a file is an SVG compressed with gzip, as those with the
// extension .svgz are (SVG 1.1, section 1.2).
func isSVGZ(file []byte) bool {
	format, ok := sniff.Sniff(origin.GunzipStart(file, svgzStart))
	return ok && format == sniff.SVG
}

// unpacked returns a file, or the SVG that is in it if that is one compressed
// with gzip. What is in it has no more than maxBytes.
func unpacked(file *origin.Source, maxBytes int64) (*origin.Source, error) {
	if !isSVGZ(file.Body) {
		return file, nil
	}
	inside, err := origin.Gunzip(bytes.NewReader(file.Body), maxBytes)
	if stderrors.Is(err, origin.ErrGzip) {
		return nil, errors.New(errors.BadImage, "The original is an SVG compressed with gzip, and is damaged or truncated").Because(err)
	}
	if err != nil {
		return nil, err
	}
	return file.Unpacked(inside), nil
}

// gzipTypes are the media types that servers give files of the extension .svgz.
var gzipTypes = []string{"application/gzip", "application/x-gzip"}

// mayBeSVGZ reports whether a file is compressed by its name.
func mayBeSVGZ(ref origin.Ref) bool {
	return strings.HasSuffix(strings.ToLower(ref.Name()), ".svgz")
}

// decodedTag returns the entity tag of a file that is not, byte for byte,
// what the origin's tag is of.
func decodedTag(tag string) string {
	return strings.TrimSuffix(tag, `"`) + `-decoded"`
}
