package svg

import (
	"encoding/base64"
	"hash/maphash"
	"net/url"
	"strings"

	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// embeds are the images embedded in a file.
type embeds struct {
	depth  int   // nesting of drawings
	most   int64 // pixels
	pixels int64 // of all distinct images
	bytes  int64 // of memory
	work   float64
	seen   map[uint64]float64
}

var seed = maphash.MakeSeed()

// embed reads an embedded image. Linked files are never opened.
func (t *tree) embed(n *node, href string) error {
	if !isDataURL(href) {
		if id, ok, err := fragment(href); err != nil || !ok {
			return err
		} else {
			n.detail().href = id
		}
		return nil
	}
	e := &t.embeds
	key := maphash.String(seed, href)
	if pixels, ok := e.seen[key]; ok {
		n.detail().pixels = pixels
		return nil
	}
	file, err := decode(href)
	if err != nil {
		return err
	}
	pixels, err := e.add(file)
	if err != nil {
		return err
	}
	if e.seen == nil {
		e.seen = map[uint64]float64{}
	}
	e.seen[key], n.detail().pixels = pixels, pixels
	return nil
}

// Memory of an embedded image per pixel: GdkPixbuf's, and librsvg's copy.
const (
	embeddedPixel     = 8
	embeddedScanPixel = 6 // additional for an interlaced JPEG
)

// isDataURL reports whether a URL begins like a data URL, ignoring white
// space.
func isDataURL(address string) bool {
	const scheme = "data:"
	n := 0
	for i := 0; i < len(address) && n < len(scheme); i++ {
		switch c := address[i]; {
		case c <= ' ':
		case c|0x20 == scheme[n] || c == scheme[n]:
			n++
		default:
			return false
		}
	}
	return n == len(scheme)
}

// add reads the header of an embedded image, and returns its number of
// pixels.
func (e *embeds) add(file []byte) (float64, error) {
	if len(file) == 0 {
		return 0, nil // nothing is drawn
	}
	format, known := sniff.Sniff(file)
	if !known {
		w, h, ok := bitmap(file)
		if !ok {
			return 0, malformed("an embedded image has an unknown format")
		}
		return e.count(w*h, false)
	}
	h, ok := header.Read(file)
	if !ok {
		return 0, malformed("an embedded image of the format %s has a malformed header", format)
	}
	pixels := int64(h.Width) * int64(h.Height)
	if format == sniff.SVG {
		if e.depth >= mostImages {
			return 0, exceeds("embeds drawings nested deeper than %d", mostImages)
		}
		within, err := read(file, embeds{depth: e.depth + 1, most: e.most})
		if err != nil {
			return 0, err
		}
		if !within.sized {
			return 0, malformed("an embedded drawing has neither width and height nor a viewBox")
		}
		w, t := within.most.Pixels(1)
		if err := within.Check(w, t); err != nil {
			return 0, err
		}
		pixels = int64(w) * int64(t)
		e.work += within.Work(w, t)
		e.bytes += within.Memory(w, t)
		if _, err := e.count(within.Pixels, false); err != nil {
			return 0, err
		}
		return e.count(pixels, false)
	}
	if h.Frames > 1 {
		pixels = min(pixels, 1<<40) * int64(h.Frames)
	}
	return e.count(pixels, format == sniff.JPEG && h.Interlaced)
}

func (e *embeds) count(pixels int64, scans bool) (float64, error) {
	e.pixels += min(pixels, 1<<50)
	if e.pixels > e.most {
		return 0, exceeds("embeds images with %d pixels, more than max_pixels, %d", e.pixels, e.most)
	}
	e.bytes += embeddedPixel * pixels
	if scans {
		e.bytes += embeddedScanPixel * pixels
	}
	return float64(pixels), nil
}

// bitmap reads the header of a BMP, which is not a supported format itself.
func bitmap(file []byte) (w, h int64, ok bool) {
	if len(file) < 26 || string(file[:2]) != "BM" {
		return 0, 0, false
	}
	length := func(at int) int64 {
		v := int64(int32(uint32(file[at]) | uint32(file[at+1])<<8 | uint32(file[at+2])<<16 | uint32(file[at+3])<<24))
		return max(v, -v)
	}
	if file[14] == 12 && file[15] == 0 { // OS/2's, of 16 bits
		return int64(file[18]) | int64(file[19])<<8, int64(file[20]) | int64(file[21])<<8, true
	}
	return length(18), length(22), true
}

// decode returns the content of a data URL (RFC 2397, and the Fetch Standard,
// section 6).
func decode(address string) ([]byte, error) {
	address = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, address)
	address, _, _ = strings.Cut(address, "#")
	kind, body, ok := strings.Cut(address, ",")
	if !ok {
		return nil, nil // not a data URL, so nothing is drawn
	}
	if strings.Contains(body, "%") {
		body = percent(body)
	}
	word := strings.TrimRight(strings.ToLower(kind), " ")
	if !strings.HasSuffix(word, "base64") {
		return []byte(body), nil
	}
	if strings.ContainsAny(body, " \t\r\n\f") {
		body = withoutSpaces(body)
	}
	if len(body)%4 == 0 {
		body = strings.TrimSuffix(strings.TrimSuffix(body, "="), "=")
	}
	file, err := base64.RawStdEncoding.DecodeString(body)
	if err != nil {
		return nil, malformed("an image embedded in it is not base64")
	}
	return file, nil
}

// percent decodes percent-encoding; malformed escapes stay.
func percent(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	var b strings.Builder
	for s != "" {
		if s[0] == '%' && len(s) > 2 {
			if decoded, err := url.PathUnescape(s[:3]); err == nil {
				b.WriteString(decoded)
				s = s[3:]
				continue
			}
		}
		b.WriteByte(s[0])
		s = s[1:]
	}
	return b.String()
}
