package server

import (
	"cmp"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// bytesOnly is the media type of a file of unknown type.
const bytesOnly = "application/octet-stream"

// typeOf returns the media type of an original that is sent as it is: by its
// first bytes, else by its origin, else by its extension.
func typeOf(original *origin.Source, format transform.Format, ref origin.Ref) string {
	if format != transform.FormatAuto {
		return format.MIME()
	}
	kind, said := mediaType(saidType(original))
	switch kind {
	case "", bytesOnly, "binary/octet-stream": // the last one is S3's default
		_, said = mediaType(mime.TypeByExtension(path.Ext(ref.Name())))
		return cmp.Or(said, bytesOnly)
	}
	return said
}

// saidType returns all lines of the origin's Content-Type: a client would
// choose one of several.
func saidType(original *origin.Source) string {
	if lines := original.Header.Values("Content-Type"); len(lines) > 1 {
		return strings.Join(lines, ", ")
	}
	return original.ContentType
}

// mediaType parses a Content-Type (RFC 9110 section 8.3). kind is in lower
// case; said is the whole type, normalised so that every client reads it
// alike. Both are empty if the value is not a single well-formed type, or is
// one whose parts have their own types.
func mediaType(value string) (kind, said string) {
	kind, parameters, err := mime.ParseMediaType(value)
	if err == mime.ErrInvalidMediaParameter {
		err = nil // without parameters
	}
	top, sub, _ := strings.Cut(kind, "/")
	if err != nil || sub == "" || strings.Contains(kind, "*") || top == "multipart" || top == "message" {
		return "", ""
	}
	return kind, cmp.Or(mime.FormatMediaType(kind, parameters), kind)
}

// disarmed is a Content-Security-Policy under which a document opened as a
// page of this site can do nothing: no scripts, no loads, no forms, no
// origin.
const disarmed = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

// harmless are the media types that browsers show without running code from
// the file in the site's origin. It is an allowlist: browsers run scripts in
// every type that ends in +xml. Scripts in a PDF never see the site, and PDF
// viewers do not work in a sandbox.
var harmless = map[string]bool{
	"image/apng": true, "image/avif": true, "image/bmp": true, "image/gif": true, "image/heic": true, "image/heif": true,
	"image/jpeg": true, "image/jxl": true, "image/png": true, "image/tiff": true, "image/vnd.microsoft.icon": true,
	"image/webp": true, "image/x-icon": true,

	"audio/aac": true, "audio/flac": true, "audio/mp4": true, "audio/mpeg": true, "audio/ogg": true, "audio/wav": true,
	"audio/webm": true, "audio/x-wav": true,
	"video/mp4": true, "video/mpeg": true, "video/ogg": true, "video/quicktime": true, "video/webm": true,

	"font/otf": true, "font/ttf": true, "font/woff": true, "font/woff2": true,

	"application/pdf": true,
}

// disarm keeps browsers from guessing the type of a body, and from running
// anything in it if its type is not harmless. A policy that the site sets for
// all responses holds too. A 304 has no type and leaves the client's copy as
// it is.
func disarm(header http.Header, contentType string) {
	header.Set("X-Content-Type-Options", "nosniff")
	kind, _ := mediaType(contentType)
	if contentType == "" || harmless[kind] || slices.Contains(header.Values("Content-Security-Policy"), disarmed) {
		return
	}
	header.Add("Content-Security-Policy", disarmed)
}
