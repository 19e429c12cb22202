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

// bytesOnly is the media type of a file of which nothing is known.
const bytesOnly = "application/octet-stream"

// typeOf returns the media type of an original that is sent as it is: what
// its first bytes say, or else what its origin says, or, if that says
// nothing, what the extension says.
func typeOf(original *origin.Source, format transform.Format, ref origin.Ref) string {
	if format != transform.FormatAuto {
		return format.MIME()
	}
	kind, said := mediaType(saidType(original))
	switch kind {
	case "", bytesOnly, "binary/octet-stream": // S3 has the last one of files that it was told no type of
		_, said = mediaType(mime.TypeByExtension(path.Ext(ref.Name())))
		return cmp.Or(said, bytesOnly)
	}
	return said
}

// saidType returns the Content-Type that an origin gave, all of its lines: a
// client that got several would choose one.
func saidType(original *origin.Source) string {
	if lines := original.Header.Values("Content-Type"); len(lines) > 1 {
		return strings.Join(lines, ", ")
	}
	return original.ContentType
}

// mediaType reads the value of a Content-Type (RFC 9110 section 8.3). kind is in lower
// case; said is the whole type, written anew so that every client reads it alike. Both
// are empty if the value is not one well-formed type, or is one whose parts have types
// of their own.
func mediaType(value string) (kind, said string) {
	kind, parameters, err := mime.ParseMediaType(value)
	if err == mime.ErrInvalidMediaParameter {
		err = nil // and there are no parameters
	}
	top, sub, _ := strings.Cut(kind, "/")
	if err != nil || sub == "" || strings.Contains(kind, "*") || top == "multipart" || top == "message" {
		return "", ""
	}
	return kind, cmp.Or(mime.FormatMediaType(kind, parameters), kind)
}

// disarmed is a policy under which a document that is opened as a page of this
// site can do nothing: no scripts, no loads, no forms, no origin of its own.
const disarmed = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"

// harmless are the media types that browsers show without running anything of the
// file with the rights of this site. It is a list of what is known, since what is
// not may be anything: browsers run the scripts of every type that ends in +xml.
// Scripts in a PDF never see the site, and viewers of PDF do not work in a sandbox.
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

// disarm keeps a browser from guessing what a body is, and from running anything in
// it if its type is not harmless. A policy that the site has for all answers holds too.
// Without a body there is no type: a 304 leaves what the client has as it is.
func disarm(header http.Header, contentType string) {
	header.Set("X-Content-Type-Options", "nosniff")
	kind, _ := mediaType(contentType)
	if contentType == "" || harmless[kind] || slices.Contains(header.Values("Content-Security-Policy"), disarmed) {
		return
	}
	header.Add("Content-Security-Policy", disarmed)
}
