package indexed

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"iter"
	"slices"
)

const signature = "\x89PNG\r\n\x1a\n"

// Colour types (section 11.2.1).
const (
	gray      = 0
	ofPalette = 3
	grayAlpha = 4
)

// header is the offset of the data of an IHDR, followed by its length.
const (
	width, height, depth, colourType = 0, 4, 8, 9
	headerLength                     = 13
)

// chunk is a chunk of a PNG: its type, and its data.
type chunk struct {
	kind string
	data []byte
}

// chunks iterates over the chunks of a file up to its end, or to a malformed
// one.
func chunks(file []byte) iter.Seq[chunk] {
	return func(yield func(chunk) bool) {
		if !bytes.HasPrefix(file, []byte(signature)) {
			return
		}
		for rest := file[len(signature):]; len(rest) >= 12; {
			length := binary.BigEndian.Uint32(rest)
			if uint64(length) > uint64(len(rest)-12) {
				return
			}
			if !yield(chunk{string(rest[4:8]), rest[8 : 8+length]}) {
				return
			}
			rest = rest[12+length:]
		}
	}
}

func appendChunk(file []byte, c chunk) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(c.data)))
	start := len(file)
	file = append(append(file, c.kind...), c.data...)
	return binary.BigEndian.AppendUint32(file, crc32.ChecksumIEEE(file[start:]))
}

// head returns a file's IHDR.
func head(file []byte) ([]byte, bool) {
	for c := range chunks(file) {
		return c.data, c.kind == "IHDR" && len(c.data) == headerLength
	}
	return nil, false
}

// HasPalette reports whether the pixels of a PNG are indexes.
func HasPalette(file []byte) bool {
	h, ok := head(file)
	return ok && h[colourType] == ofPalette
}

// HasProfile reports whether a PNG has an ICC profile. Gray and colour PNGs
// need different ones (section 11.3.2.3).
func HasProfile(file []byte) bool {
	for c := range chunks(file) {
		if c.kind == "iCCP" {
			return true
		}
	}
	return false
}

// File turns a PNG into an indexed one with a width of across pixels. Its
// rows are those of [Palette.AppendRow], written as gray pixels of 8 bits,
// not interlaced: compression and filters are the same, since filters work on
// bytes (section 9.2).
func (p *Palette) File(rows []byte, across int) ([]byte, bool) {
	h, ok := head(rows)
	if !ok || h[colourType] != gray || h[depth] != 8 || binary.BigEndian.Uint32(h[width:]) != uint32(p.Stride(across)) {
		return nil, false
	}
	h = slices.Clone(h)
	binary.BigEndian.PutUint32(h[width:], uint32(across))
	h[depth] = byte(p.depth)
	if !p.gray {
		h[colourType] = ofPalette
	}
	file := append(make([]byte, 0, len(rows)+4*len(p.colours)+24), signature...)
	file = appendChunk(file, chunk{"IHDR", h})
	if !p.gray {
		colours, transparency := p.tables()
		file = appendChunk(file, chunk{"PLTE", colours})
		if len(transparency) > 0 {
			file = appendChunk(file, chunk{"tRNS", transparency})
		}
	}
	for c := range chunks(rows) {
		if c.kind != "IHDR" {
			file = appendChunk(file, c)
		}
	}
	return file, true
}

// tables returns the colours, and the alpha of those that are not opaque.
func (p *Palette) tables() (colours, transparency []byte) {
	for _, c := range p.colours {
		colours = append(colours, c.R, c.G, c.B)
		if c.A != 255 {
			transparency = append(transparency, c.A)
		}
	}
	return colours, transparency
}

// aboutSamples are chunks that depend on the colour type, besides critical
// ones.
var aboutSamples = []string{"tRNS", "bKGD", "hIST", "sBIT"}

// ofPixels reports whether a chunk belongs to the pixels.
func (c chunk) ofPixels() bool {
	critical := c.kind[0]&0x20 == 0 // section 5.4
	return critical || slices.Contains(aboutSamples, c.kind)
}

// Graft returns a PNG with the pixels of one file and the resolution, colour
// space and metadata of the other. ok is false for malformed files, and if a
// profile does not fit the pixels.
func Graft(pixels, other []byte) ([]byte, bool) {
	h, ok := head(pixels)
	if t := h; ok && (t[colourType] == gray || t[colourType] == grayAlpha) && HasProfile(other) {
		return nil, false
	}
	if _, sound := head(other); !ok || !sound {
		return nil, false
	}
	file := append(make([]byte, 0, len(pixels)), signature...)
	file = appendChunk(file, chunk{"IHDR", h})
	// Most chunks must precede the palette; those after the pixels may stay
	// there.
	behind := false
	var last []chunk
	for c := range chunks(other) {
		switch {
		case c.kind == "IDAT":
			behind = true
		case c.ofPixels():
		case behind:
			last = append(last, c)
		default:
			file = appendChunk(file, c)
		}
	}
	ended := false
	for c := range chunks(pixels) {
		switch {
		case c.kind == "IEND":
			ended = true
		case c.kind != "IHDR" && c.ofPixels():
			file = appendChunk(file, c)
		}
	}
	for _, c := range last {
		file = appendChunk(file, c)
	}
	return appendChunk(file, chunk{kind: "IEND"}), ended
}
