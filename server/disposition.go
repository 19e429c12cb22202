package server

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/transform"
)

// saveAs adds the Content-Disposition if the URL asks to save the response.
// The content type is known.
func (q *request) saveAs() {
	if q.asked.Attachment && q.sent == nil {
		q.response.disposition = disposition(fileName(q.asked, q.response.contentType))
	}
}

// passing returns the headers to add to a response that the next handler
// sends as it is.
func passing(asked transform.Request) http.Header {
	if !asked.Attachment {
		return nil
	}
	return http.Header{"Content-Disposition": {disposition(fileName(asked, ""))}}
}

// fileName returns the name to save a response under: the requested one or
// the original's, with the extension of the content type. Another extension
// of an image or a PDF is replaced.
func fileName(asked transform.Request, contentType string) string {
	own := cleanName(path.Base(asked.Ref.Name()))
	name, extension := own, path.Ext(own)
	if given := cleanName(asked.Filename); given != "" {
		name = given
	}
	if want := extensions[contentType]; want != nil {
		if isPicture(path.Ext(name)) {
			if slices.Contains(want, strings.ToLower(path.Ext(name))) {
				return name
			}
			name = strings.TrimSuffix(name, path.Ext(name))
		}
		extension = want[0]
	}
	if name == "" {
		name = "download"
	}
	if strings.EqualFold(path.Ext(name), extension) {
		return name
	}
	return name + extension
}

// extensions are the file extensions of media types, the usual one first.
var extensions = map[string][]string{
	transform.JPEG.MIME(): {".jpg", ".jpeg"},
	transform.PNG.MIME():  {".png"},
	transform.WebP.MIME(): {".webp"},
	transform.AVIF.MIME(): {".avif"},
	transform.GIF.MIME():  {".gif"},
	transform.HEIC.MIME(): {".heic", ".heif"},
	transform.TIFF.MIME(): {".tif", ".tiff"},
	transform.SVG.MIME():  {".svg"},
}

func isPicture(extension string) bool {
	if strings.EqualFold(extension, ".pdf") || strings.EqualFold(extension, ".svgz") {
		return true // a page was rendered, or its content unpacked
	}
	for _, list := range extensions {
		if slices.Contains(list, strings.ToLower(extension)) {
			return true
		}
	}
	return false
}

// longestFileName is in bytes and below the limit of all common file systems.
const longestFileName = 200

// cleanName returns a name that every system accepts as a file name: without
// path separators, wildcards, quotes and control characters, without
// bidirectional controls, which could disguise the extension, and without
// dots and spaces at the ends. It may be empty.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError:
			return -1
		case strings.ContainsRune(`/\:*?"<>|`, r):
			return '_'
		}
		return r
	}, name)
	for len(name) > longestFileName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.Trim(name, ". ")
}

// disposition returns the Content-Disposition of a file to save (RFC 6266). A
// name that some clients would misread is sent twice: in ASCII, and in UTF-8
// (RFC 8187), which takes precedence.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r > '~' || r == '%' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	header := `attachment; filename="` + plain + `"`
	if plain != name {
		// QueryEscape leaves no character unescaped that RFC 8187 section
		// 3.2.1 does not.
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return header
}
