package server

import (
	"bytes"
	"context"
	stderrors "errors"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/internal/held"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// svgzStart is how far into a compressed SVG the root element is searched.
const svgzStart = 64 << 10

// isSVGZ reports whether a file is an SVG compressed with gzip (.svgz; SVG
// 1.1, section 1.2).
func isSVGZ(file []byte) bool {
	format, ok := sniff.Sniff(origin.GunzipStart(file, svgzStart))
	return ok && format == sniff.SVG
}

// unpacked returns the file, or the SVG in it if it is one compressed with
// gzip. The SVG has at most maxBytes. The held.Meter of ctx counts it in place of the
// file.
func unpacked(ctx context.Context, file *origin.Source, maxBytes int64) (*origin.Source, error) {
	if !isSVGZ(file.Body) {
		return file, nil
	}
	inside, err := origin.Gunzip(ctx, bytes.NewReader(file.Body), maxBytes)
	if stderrors.Is(err, origin.ErrGzip) {
		return nil, errors.New(errors.BadImage, "The original is an SVG compressed with gzip, and is damaged or truncated").Because(err)
	}
	if err != nil {
		return nil, err
	}
	held.MeterOf(ctx).Drop(file.Body)
	return file.Unpacked(inside), nil
}

// gzipTypes are the media types that servers use for .svgz.
var gzipTypes = []string{"application/gzip", "application/x-gzip"}

// mayBeSVGZ reports whether the file's extension is that of a compressed SVG.
func mayBeSVGZ(ref origin.Ref) bool {
	return strings.HasSuffix(strings.ToLower(ref.Name()), ".svgz")
}

// decodedTag returns the entity tag of a decoded file, given the origin's tag
// for the compressed one.
func decodedTag(tag string) string {
	return strings.TrimSuffix(tag, `"`) + `-decoded"`
}
