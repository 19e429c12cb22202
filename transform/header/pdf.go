package header

import (
	"bytes"
	"compress/zlib"
	"io"
	"math"
	"strconv"
)

const (
	// mostPacked limits an object stream, and mostUnpacked all of them, in
	// decompressed bytes. Programs put a few kilobytes into one; leastPacked
	// is the minimum that is counted for one.
	leastPacked  = 1 << 10
	mostPacked   = 1 << 20
	mostUnpacked = 8 << 20

	// mostDictionary limits the length of a stream's dictionary that is
	// examined, before its content.
	mostDictionary = 4096
)

// readPDF reads the pages and images of a PDF without following references
// between objects (ISO 32000-1, sections 7.5, 7.7 and 8.9), so it does not
// know which belong to the requested page. The size is that of the largest
// page, in points, and Inside that of the largest image.
func readPDF(h *Header, file []byte) bool {
	var p pages
	p.look(file)
	left := mostUnpacked
	for dictionary, content := range streams(file) {
		width, height := entry(dictionary, "/Width"), entry(dictionary, "/Height")
		h.Inside = max(h.Inside, int64(width)*int64(height))
		h.JPX = h.JPX || bytes.Contains(dictionary, []byte("/JPXDecode"))
		if left > 0 && bytes.Contains(dictionary, []byte("/ObjStm")) {
			objects := unpack(content, min(left, mostPacked))
			left -= max(len(objects), leastPacked)
			p.look(objects)
		}
	}
	h.Width, h.Height = whole(p.width), whole(p.height)
	if p.turned {
		h.Width, h.Height = h.Height, h.Width
	}
	return p.width > 0
}

// pages describes a PDF's pages.
type pages struct {
	width, height float64 // of the largest
	turned        bool    // one is rotated by 90 degrees
}

// look scans the objects in a part of a file.
func (p *pages) look(objects []byte) {
	for at := range each(objects, "/MediaBox") {
		width, height, ok := rectangle(objects[at:])
		if ok && width*height > p.width*p.height {
			p.width, p.height = width, height
		}
	}
	for at := range each(objects, "/Rotate") {
		degrees, _, ok := number(objects[at:])
		p.turned = p.turned || ok && math.Mod(degrees, 180) != 0
	}
}

// each iterates over the positions after a word.
func each(b []byte, word string) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0; ; {
			n := bytes.Index(b[at:], []byte(word))
			if n < 0 {
				return
			}
			if at += n + len(word); !yield(at) {
				return
			}
		}
	}
}

// streams iterates over streams: what precedes the content, and the rest of
// the file from the content on.
func streams(file []byte) func(yield func(dictionary, content []byte) bool) {
	return func(yield func(dictionary, content []byte) bool) {
		const word, end = "stream", "endstream"
		begin := 0
		for at := range each(file, word) {
			dictionary := file[max(begin, at-mostDictionary):at]
			begin = at
			if bytes.HasSuffix(dictionary, []byte(end)) {
				continue
			}
			if object := bytes.LastIndex(dictionary, []byte("obj")); object >= 0 {
				dictionary = dictionary[object:]
			}
			content := bytes.TrimPrefix(bytes.TrimPrefix(file[at:], []byte("\r")), []byte("\n"))
			if !yield(dictionary, content) {
				return
			}
		}
	}
}

// unpack returns the beginning of a decompressed content; nil if it is
// compressed in another way, or encrypted.
func unpack(content []byte, most int) []byte {
	r, err := zlib.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil
	}
	objects, _ := io.ReadAll(io.LimitReader(r, int64(most)))
	return objects
}

// rectangle parses a rectangle: two opposite corners, in any order.
func rectangle(b []byte) (width, height float64, ok bool) {
	b, ok = bytes.CutPrefix(bytes.TrimLeft(b, spaces), []byte("["))
	var corners [4]float64
	for n := range corners {
		if ok {
			corners[n], b, ok = number(b)
		}
	}
	width, height = math.Abs(corners[2]-corners[0]), math.Abs(corners[3]-corners[1])
	return width, height, ok && width > 0 && height > 0
}

// spaces are the white-space characters of section 7.2.2.
const spaces = " \t\r\n\f\x00"

// number parses a number, and returns the rest.
func number(b []byte) (v float64, rest []byte, ok bool) {
	const longest = 32
	b = bytes.TrimLeft(b, spaces)
	n := 0
	for n < min(len(b), longest) && (b[n] >= '0' && b[n] <= '9' || b[n] == '.' || b[n] == '-' || b[n] == '+') {
		n++
	}
	v, err := strconv.ParseFloat(string(b[:n]), 64)
	return v, b[n:], err == nil
}

// entry returns a whole number in a dictionary, up to mostPixels; 0 if it is
// missing.
func entry(dictionary []byte, name string) int {
	for at := range each(dictionary, name) {
		if v, _, ok := number(dictionary[at:]); ok {
			return int(min(max(v, 0), mostPixels))
		}
	}
	return 0
}

// whole rounds up to a valid size.
func whole(v float64) int { return int(math.Ceil(min(max(v, 1), mostPixels))) }
