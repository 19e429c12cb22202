// Package sniff determines the format of an image from its first bytes.
package sniff

import (
	"bytes"
	"encoding/binary"
)

// Format is a supported format, by its lower-case name in URLs. The zero
// value is none.
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

// PDF is not an image: each of its pages can be rendered as one, see
// [Document].
const PDF Format = "pdf"

// MediaType returns the registered media type, such as "image/svg+xml". It is
// empty for the zero value.
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

// signatures are those at the start of a file.
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

// Sniff returns the format of buf, a whole file or its beginning; ok is false
// for anything else. It reads no further than necessary: the file may still
// be malformed.
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

// IsGzip reports whether a file is compressed with gzip (RFC 1952, section
// 2.3.1). It may contain an SVG.
func IsGzip(buf []byte) bool { return bytes.HasPrefix(buf, []byte("\x1f\x8b\x08")) }

// pdfStart is the largest offset of a PDF in a file (PDF 1.7, appendix H.3,
// note 13).
const pdfStart = 1024

// Document is Sniff for requests for a page: PDF counts as a format. The
// others may or may not have pages.
func Document(buf []byte) (Format, bool) {
	if format, ok := Sniff(buf); ok {
		return format, true
	}
	if bytes.Contains(buf[:min(len(buf), pdfStart)], []byte("%PDF-")) {
		return PDF, true
	}
	return "", false
}

// brands are the brands of ISO/IEC 23008-12 (HEIF) and of AVIF. A brand that
// names the codec decides; mif1 and msf1 only mean HEIF.
var brands = map[string]Format{
	"avif": AVIF, "avis": AVIF,
	"heic": HEIC, "heix": HEIC, "heim": HEIC, "heis": HEIC,
	"hevc": HEIC, "hevx": HEIC, "hevm": HEIC, "hevs": HEIC,
}

// maxBrands exceeds what encoders write.
const maxBrands = 64

// sniffHEIF reads the file type box: size, "ftyp", major brand, version, and
// compatible brands.
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
