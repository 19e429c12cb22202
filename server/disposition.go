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

// saveAs makes the response one that is saved as a file, if that is asked for. Its type
// is known.
func (q *request) saveAs() {
	if q.asked.Attachment && q.sent == nil {
		q.response.disposition = disposition(fileName(q.asked, q.response.contentType))
	}
}

// passing returns the headers of a response that the next handler gives as it
// is.
func passing(asked transform.Request) http.Header {
	if !asked.Attachment {
		return nil
	}
	return http.Header{"Content-Disposition": {disposition(fileName(asked, ""))}}
}

// fileName returns the name that a response of the type is saved under: the
// one that is asked for, or the original's, with the extension of what it is.
// An extension that belongs to another kind of image, or to a PDF, is taken
// off.
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

// extensions of files of a type, the usual one first.
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
		return true // that a page was drawn of, or what is in it
	}
	for _, list := range extensions {
		if slices.Contains(list, strings.ToLower(extension)) {
			return true
		}
	}
	return false
}

// longestFileName is in bytes, less than any file system takes.
const longestFileName = 200

// cleanName returns a name that every system takes as one of a file: without
// separators of paths, wildcards, quotes and control characters, without
// those that write text backwards, so that nothing can look like another
// extension, and without dots and spaces at its ends. It may be empty.
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
// name that not every client reads alike is there twice: in ASCII, and in
// UTF-8 (RFC 8187), which counts where it is understood.
func disposition(name string) string {
	plain := strings.Map(func(r rune) rune {
		if r > '~' || r == '%' || r == '"' || r == '\\' {
			return '_'
		}
		return r
	}, name)
	header := `attachment; filename="` + plain + `"`
	if plain != name {
		// QueryEscape leaves plain only what RFC 8187 section 3.2.1 allows plain.
		header += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return header
}
