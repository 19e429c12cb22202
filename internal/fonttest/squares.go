// Package fonttest makes small fonts for tests.
package fonttest

import (
	"encoding/binary"
	"slices"
	"strings"
)

// Squares returns a TrueType font of the family Squares in which each of the
// letters, all in the Basic Multilingual Plane, is a square on the baseline:
// 0.8 of the font's size wide, with 0.1 on each side. It has no other
// letters.
func Squares(letters string) []byte {
	runes := []rune(letters)
	slices.Sort(runes)
	square := words(1, 100, 0, 900, 800, 3, 0)         // one contour, bounding box, last point, no instructions
	square = append(square, 1, 1, 1, 1)                // four points on the curve
	square = append(square, words(100, 0, 800, 0)...)  // x, relative to the previous point
	square = append(square, words(0, 800, 0, -800)...) // y, likewise
	square = append(square, 0, 0)

	var glyphs, loca, hmtx []byte
	loca = words(0)
	for range len(runes) + 1 {
		glyphs = append(glyphs, square...)
		loca = append(loca, words(len(glyphs)/2)...)
		hmtx = append(hmtx, words(1000, 100)...)
	}
	n := len(runes) + 1
	tables := map[string][]byte{
		"cmap": cmap(runes),
		"glyf": glyphs,
		"head": append(append(words(1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000), make([]byte, 16)...), words(100, 0, 900, 800, 0, 8, 2, 0, 0)...),
		"hhea": append(words(1, 0, 800, -200, 0, 1000, 100, 100, 900, 1, 0), words(0, 0, 0, 0, 0, 0, n)...),
		"hmtx": hmtx,
		"loca": loca,
		"maxp": words(1, 0, n, 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
		"name": append(words(0, 1, 18, 3, 1, 0x409, 1, 14, 0), "\x00S\x00q\x00u\x00a\x00r\x00e\x00s"...),
		"post": append(words(3, 0, 0, 0), make([]byte, 24)...),
	}
	return sfnt(tables)
}

// cmap maps each letter to a glyph of its own, the first to 1 (format 4).
func cmap(runes []rune) []byte {
	var ends, starts, deltas, offsets []int
	for i, r := range runes {
		ends, starts, deltas, offsets = append(ends, int(r)), append(starts, int(r)), append(deltas, i+1-int(r)), append(offsets, 0)
	}
	ends, starts, deltas, offsets = append(ends, 0xffff), append(starts, 0xffff), append(deltas, 1), append(offsets, 0)
	n := len(ends)
	body := words(2*n, 2, 1, 2*n-2)
	body = append(append(body, words(ends...)...), 0, 0)
	body = append(append(append(body, words(starts...)...), words(deltas...)...), words(offsets...)...)
	subtable := append(words(4, len(body)+6, 0), body...)
	return append(words(0, 1, 3, 1, 0, 12), subtable...)
}

// sfnt assembles tables into a font file.
func sfnt(tables map[string][]byte) []byte {
	var tags []string
	for tag := range tables {
		tags = append(tags, tag)
	}
	slices.SortFunc(tags, strings.Compare)
	file := words(1, 0, len(tags), 128, 3, 16*(len(tags)-8))
	var body []byte
	for _, tag := range tags {
		file = append(file, tag...)
		file = binary.BigEndian.AppendUint32(file, 0)
		file = binary.BigEndian.AppendUint32(file, uint32(12+16*len(tags)+len(body)))
		file = binary.BigEndian.AppendUint32(file, uint32(len(tables[tag])))
		body = append(body, tables[tag]...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(file, body...)
}

// words encodes numbers of 16 bits.
func words(values ...int) []byte {
	var b []byte
	for _, v := range values {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}
