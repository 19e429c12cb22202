// Package header reads what a file says about its image before any pixel is
// decoded: size, frames, and everything else that determines the memory for
// decoding.
//
// It is plain Go and reads untrusted files: it never panics, its time is
// bounded by the file's length, and it hardly allocates. A header may lie, so
// decoders must check the limits again on the actual image.
package header

import (
	"encoding/binary"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Header is the description of an image in its file.
type Header struct {
	Format sniff.Format

	// Width and Height are the stored size of one frame, in pixels, before
	// orientation is applied. At least 1. A point of a PDF is a pixel.
	Width, Height int

	// Frames is 1 for a still image. Pages of a TIFF and items of a HEIF are
	// not counted.
	Frames int

	// Channels is the number of channels of a decoded pixel, including
	// transparency: 1 to 4, and more in a TIFF. A palette counts as its
	// colours.
	Channels int

	// Alpha reports whether one of Channels is transparency.
	Alpha bool

	// Depth is the number of bits of a decoded channel: 8, 16 or 32, and up
	// to 64 in a TIFF.
	Depth int

	// Samples is the number of samples stored in one frame: Width times
	// Height times Channels, less in a JPEG with subsampled colours.
	Samples int64

	// Interlaced reports whether rows cannot be decoded one by one: a JPEG
	// that is progressive or has several scans, an interlaced PNG.
	Interlaced bool

	// Palette reports whether the pixels of a frame are indexes into at most
	// 256 colours. Only a lossless WebP of one frame declares it.
	Palette bool

	// Lossless reports whether a WebP is lossless, in any of its frames.
	Lossless bool

	// Rows is the number of rows of a TIFF that are decoded together: those
	// of a strip or a tile. It is 1 in all other formats.
	Rows int

	// Inside is the number of pixels of the largest image within a PDF; 0 in
	// all other formats. JPX reports whether one of them is a JPEG 2000.
	Inside int64
	JPX    bool

	// Orientation is EXIF's, 1 to 8; 1 if there is none. From 5 on, width and
	// height are swapped for display.
	Orientation int
}

// most limits width, height and frames, so that products of the three, and a
// few bytes, fit into 64 bits.
const (
	mostPixels = 1 << 24
	mostFrames = 100_000
)

// ReadPage is Read for a page or frame, from 1, including those of a PDF.
// Whether an animation or a PDF has that page is not checked; all pages of a
// PDF count as the largest one. ok is false for a page that a TIFF does not
// have.
func ReadPage(file []byte, page int) (Header, bool) {
	format, ok := sniff.Document(file)
	if !ok {
		return Header{}, false
	}
	h, ok := read(format, file, page)
	h.Frames = 1
	return h, ok
}

var readers = map[sniff.Format]func(h *Header, file []byte, page int) bool{
	sniff.JPEG: anyPage(readJPEG),
	sniff.PNG:  anyPage(readPNG),
	sniff.WebP: anyPage(readWebP),
	sniff.GIF:  anyPage(readGIF),
	sniff.AVIF: anyPage(readHEIF),
	sniff.HEIC: anyPage(readHEIF),
	sniff.TIFF: readTIFF,
	sniff.SVG:  anyPage(readSVG),
	sniff.PDF:  anyPage(readPDF),
}

// anyPage is for formats with one header for all pages or frames.
func anyPage(read func(*Header, []byte) bool) func(*Header, []byte, int) bool {
	return func(h *Header, file []byte, _ int) bool { return read(h, file) }
}

// Read reads the header of a whole file. ok is false for an unknown format,
// and for a header that is malformed or truncated.
func Read(file []byte) (Header, bool) {
	format, ok := sniff.Sniff(file)
	if !ok {
		return Header{}, false
	}
	return read(format, file, 1)
}

func read(format sniff.Format, file []byte, page int) (Header, bool) {
	h := Header{Format: format, Frames: 1, Channels: 3, Depth: 8, Rows: 1, Orientation: 1}
	if !readers[format](&h, file, page) || h.Width < 1 || h.Height < 1 || h.Width > mostPixels || h.Height > mostPixels {
		return Header{}, false
	}
	if h.Samples == 0 {
		h.Samples = int64(h.Width) * int64(h.Height) * int64(h.Channels)
	}
	return h, true
}

// big16, big32 and so on return the number at an offset; 0 past the end.

func big16(b []byte, at int) int { return int(word(binary.BigEndian, b, at, 2)) }
func big32(b []byte, at int) int { return int(word(binary.BigEndian, b, at, 4)) }

func little16(b []byte, at int) int { return int(word(binary.LittleEndian, b, at, 2)) }
func little24(b []byte, at int) int {
	return little16(b, at) | int(word(binary.LittleEndian, b, at+2, 1))<<16
}
func little32(b []byte, at int) int { return int(word(binary.LittleEndian, b, at, 4)) }

func word(order binary.ByteOrder, b []byte, at, size int) uint64 {
	if at < 0 || at > len(b)-size {
		return 0
	}
	switch b = b[at : at+size]; size {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(order.Uint16(b))
	case 4:
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}
