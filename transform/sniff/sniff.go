// Package sniff tells the format of an image from its first bytes.
package sniff

import (
	"bytes"
	"encoding/binary"
)

// Format is a format that can be opened, in the lower-case word that stands
// for it in a URL. The zero value is none of them.
type Format string

// The formats. AVIF and HEIC are the two codecs of one container.
const (
	JPEG Format = "jpeg"
	PNG  Format = "png"
	WebP Format = "webp"
	GIF  Format = "gif"
	AVIF Format = "avif"
	HEIC Format = "heic"
	TIFF Format = "tiff"
	SVG  Format = "svg"
)

// PDF is not an image: each of its pages can be drawn as one, see [Document].
const PDF Format = "pdf"

// MediaType returns the registered media type: "image/svg+xml". Empty for the
// zero value.
func (f Format) MediaType() string {
	switch f {
	case "":
		return ""
	case SVG:
		return "image/svg+xml"
	case PDF:
		return "application/pdf"
	}
	return "image/" + string(f)
}

// signatures are those that begin at the first byte.
var signatures = []struct {
	magic  string
	format Format
}{
	{"\xff\xd8\xff", JPEG},
	{"\x89PNG\r\n\x1a\n", PNG},
	{"GIF87a", GIF},
	{"GIF89a", GIF},
	{"II*\x00", TIFF},
	{"MM\x00*", TIFF},
	{"II+\x00\x08\x00\x00\x00", TIFF}, // BigTIFF
	{"MM\x00+\x00\x08\x00\x00", TIFF},
}

// Sniff returns the format that buf, the whole file or its beginning, is in,
// and false for all else. It reads no further than it must: what it accepts
// may still be broken.
func Sniff(buf []byte) (Format, bool) {
	for _, s := range signatures {
		if bytes.HasPrefix(buf, []byte(s.magic)) {
			return s.format, true
		}
	}
	if len(buf) >= 12 && string(buf[:4]) == "RIFF" && string(buf[8:12]) == "WEBP" {
		return WebP, true
	}
	if format, ok := sniffHEIF(buf); ok {
		return format, true
	}
	if isSVG(buf) {
		return SVG, true
	}
	return "", false
}

// IsGzip reports whether a file is compressed with gzip (RFC 1952, section 2.3.1). It may
// be an SVG, which is read once it is decompressed.
func IsGzip(buf []byte) bool { return bytes.HasPrefix(buf, []byte("\x1f\x8b\x08")) }

// pdfStart is how far into a file a PDF may begin (PDF 1.7, appendix H.3,
// note 13).
const pdfStart = 1024

// Document is Sniff for who wants one page of a file: PDF is a format, too. The
// others may have pages or not.
func Document(buf []byte) (Format, bool) {
	if format, ok := Sniff(buf); ok {
		return format, true
	}
	if bytes.Contains(buf[:min(len(buf), pdfStart)], []byte("%PDF-")) {
		return PDF, true
	}
	return "", false
}

// brands are those of ISO/IEC 23008-12 (HEIF) and of AVIF. A brand that names
// the codec decides; mif1 and msf1 only say that it is a HEIF.
var brands = map[string]Format{
	"avif": AVIF, "avis": AVIF,
	"heic": HEIC, "heix": HEIC, "heim": HEIC, "heis": HEIC,
	"hevc": HEIC, "hevx": HEIC, "hevm": HEIC, "hevs": HEIC,
}

// maxBrands is more than any encoder writes.
const maxBrands = 64

// sniffHEIF reads the file type box: its size, "ftyp", the major brand, a
// version, and the compatible brands.
func sniffHEIF(buf []byte) (Format, bool) {
	if len(buf) < 16 || string(buf[4:8]) != "ftyp" {
		return "", false
	}
	box := buf
	if size := binary.BigEndian.Uint32(buf); uint64(size) < uint64(len(buf)) {
		box = buf[:size]
	}
	if len(box) < 16 {
		return "", false
	}
	major := string(box[8:12])
	if format, ok := brands[major]; ok {
		return format, true
	}
	heif := major == "mif1" || major == "msf1"
	for rest := box[16:]; len(rest) >= 4 && len(box)-len(rest) < 16+4*maxBrands; rest = rest[4:] {
		brand := string(rest[:4])
		if format, ok := brands[brand]; ok {
			return format, true
		}
		heif = heif || brand == "mif1" || brand == "msf1"
	}
	if !heif {
		return "", false
	}
	return HEIC, true
}
