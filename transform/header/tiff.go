package header

import (
	"encoding/binary"
	"math"
)

// Tags of TIFF 6.0.
const (
	tiffWidth       = 256
	tiffHeight      = 257
	tiffDepth       = 258
	tiffPhotometric = 262
	tiffOrientation = 274
	tiffChannels    = 277
	tiffStrip       = 278 // rows of one
	tiffTile        = 323 // rows of one
	tiffExtra       = 338 // kinds of extra channels
)

// readTIFF reads the directory of the page.
func readTIFF(h *Header, file []byte, page int) bool {
	h.Channels = 1
	strip, tile, palette, lab := uint64(0), uint64(0), false, false
	for tag, value := range directory(file, page) {
		switch tag {
		case tiffWidth:
			h.Width = limited(value)
		case tiffHeight:
			h.Height = limited(value)
		case tiffDepth:
			for h.Depth < 64 && uint64(h.Depth) < value {
				h.Depth *= 2
			}
		case tiffPhotometric:
			palette, lab = value == 3, value == 8
		case tiffOrientation:
			h.Orientation = valid(value)
		case tiffChannels:
			h.Channels = max(1, int(min(value, 64)))
		case tiffStrip:
			strip = value
		case tiffTile:
			tile = value
		case tiffExtra:
			h.Alpha = true
		}
	}
	if palette {
		h.Channels = 3
		h.Palette = h.Depth == 8
	}
	if lab && (h.Depth == 8 || h.Alpha) {
		h.Depth = 32 // converted to floats
	}
	// The default is one strip.
	h.Rows = h.Height
	for _, rows := range []uint64{strip, tile} {
		if rows > 0 && rows < uint64(h.Height) {
			h.Rows = int(rows)
		}
	}
	return true
}

// limited limits a length to one that is still recognised as too large.
func limited(v uint64) int { return int(min(v, mostPixels+1)) }

// orientation reads the orientation of an EXIF block, which is a TIFF.
func orientation(exif []byte) int {
	for tag, value := range directory(exif, 1) {
		if tag == tiffOrientation {
			return valid(value)
		}
	}
	return 1
}

// valid returns an orientation, or upright if it is invalid.
func valid(v uint64) int {
	if v < 1 || v > 8 {
		return 1
	}
	return int(v)
}

// mostEntries exceeds the entries of any first directory.
const mostEntries = 4096

// directory iterates over the entries of a page's directory, from 1, that are
// whole numbers, with the first of a list. There are none for a page that the
// TIFF does not have.
func directory(file []byte, page int) func(yield func(tag int, value uint64) bool) {
	return func(yield func(int, uint64) bool) {
		var order binary.ByteOrder = binary.LittleEndian
		if len(file) > 0 && file[0] == 'M' {
			order = binary.BigEndian
		}
		// BigTIFF uses 8 bytes.
		offset, count, entry, inline := 4, 2, 12, 4
		if word(order, file, 2, 2) == 43 {
			offset, count, entry, inline = 8, 8, 20, 8
		}
		start := place(word(order, file, offset, inline), file)
		for ; page > 1 && start > 0; page-- {
			entries := int(min(word(order, file, start, count), mostEntries))
			start = place(word(order, file, start+count+entries*entry, inline), file)
		}
		if start == 0 {
			return
		}
		entries := int(min(word(order, file, start, count), mostEntries))
		for n := range entries {
			at := start + count + n*entry
			size := map[uint64]int{1: 1, 3: 2, 4: 4, 16: 8}[word(order, file, at+2, 2)]
			values := word(order, file, at+4, inline)
			if size == 0 || values == 0 || at > len(file) {
				continue
			}
			value := at + 4 + inline
			if values > uint64(inline/size) {
				value = place(word(order, file, value, inline), file)
			}
			if !yield(int(word(order, file, at, 2)), word(order, file, value, size)) {
				return
			}
		}
	}
}

// place returns an offset into the file, or one past its end.
func place(offset uint64, file []byte) int { return int(min(offset, uint64(len(file)), math.MaxInt32)) }
