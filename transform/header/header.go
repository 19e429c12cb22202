// Package header reads what an image's file says of itself before any pixel
// is decoded: how large it is, how many frames it has, and what else decides
// about the memory that decoding it takes.
//
// It is plain Go and looks at files of strangers: it never panics, its time
// is bounded by the file's length, and it hardly allocates. What it reads may
// be a lie, for which it is not protection. The limits of a server are
// checked again, by who decodes, on what the decoder found.
package header

import (
	"encoding/binary"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Header is what a file says of its image.
type Header struct {
	Format sniff.Format

	// Width and Height are in pixels, of one frame, as stored: before the
	// orientation is applied. At least 1. A point of a PDF is a pixel.
	Width, Height int

	// Frames is 1 for a still image. The pages of a TIFF and the items of a
	// HEIF do not count.
	Frames int

	// Channels are those of a decoded pixel, transparency included: 1 to 4, and
	// more in a TIFF. A palette counts as its colours.
	Channels int

	// Alpha reports whether one of Channels is transparency.
	Alpha bool

	// Depth is in bits of a decoded channel: 8, 16 or 32, and up to 64 in a TIFF.
	Depth int

	// Samples is how many numbers one frame stores: Width times Height times
	// Channels, less where a JPEG keeps its colours at a lower resolution.
	Samples int64

	// Interlaced reports whether the rows cannot be had one after the other:
	// a JPEG that is progressive or in several scans, an interlaced PNG.
	Interlaced bool

	// Palette reports whether the pixels of a frame are indexes into at most 256 colours.
	// Only a lossless WebP of one frame says so.
	Palette bool

	// Lossless reports whether a WebP is lossless, in any of its frames.
	Lossless bool

	// Rows is how many rows of a TIFF have to be decoded in one go, those of a
	// strip or a tile. 1 in all other formats.
	Rows int

	// Inside is how many pixels the largest image within a PDF has; 0 in all
	// other formats. JPX reports whether one of them is a JPEG 2000.
	Inside int64
	JPX    bool

	// Orientation is EXIF's, 1 to 8; 1 where there is none. From 5 on, width and
	// height are swapped for the viewer.
	Orientation int
}

// most is the largest width, height and number of frames that is believed. It
// keeps products of three of them, and of a few bytes, in 64 bits.
const (
	mostPixels = 1 << 24
	mostFrames = 100_000
)

// ReadPage is Read for a page or frame, from 1, also of a PDF. Whether an animation
// or a PDF has that many is not looked at; of a PDF all pages count as the largest
// one. It is false for a page that a TIFF does not have.
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

// anyPage is for formats in which one header is for all pages or frames.
func anyPage(read func(*Header, []byte) bool) func(*Header, []byte, int) bool {
	return func(h *Header, file []byte, _ int) bool { return read(h, file) }
}

// Read reads the header of the whole file. It is false for a file in no format
// that we know, and for one whose header is broken or cut off.
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

// big16, big32 and so on are the number at a place; 0 behind the end.

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
