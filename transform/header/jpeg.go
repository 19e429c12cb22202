package header

import (
	"bytes"
	"fmt"
	"iter"
	"strings"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Markers of ITU-T T.81, table B.1, without their first byte, 0xff.
const (
	jpegSOF  = 0xc0 // to 0xcf, except for the next three
	jpegDHT  = 0xc4
	jpegJPG  = 0xc8
	jpegDAC  = 0xcc
	jpegRST  = 0xd0 // to 0xd7
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP1 = 0xe1
)

// segments iterates over the segments up to the first scan, by marker and
// content, truncated at the end of the file. It stops at a malformed one.
func segments(file []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for at := 2; at+4 <= len(file); {
			marker := file[at+1]
			switch {
			case file[at] != 0xff || marker == 0xff:
				at++ // decoders skip garbage between segments, and fill bytes
				continue
			case marker <= 1 || marker >= jpegRST && marker < jpegEOI:
				at += 2 // has no length
				continue
			}
			length := big16(file, at+2)
			if marker == jpegEOI || length < 2 {
				return
			}
			end := min(at+2+length, len(file))
			if !yield(marker, file[at+4:max(end, at+4)]) || marker == jpegSOS {
				return
			}
			at += 2 + length
		}
	}
}

// isFrame reports whether a segment is a frame header.
func isFrame(marker byte) bool {
	return marker >= jpegSOF && marker < jpegRST && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC
}

// readJPEG reads the segments up to the first scan.
func readJPEG(h *Header, file []byte) bool {
	components := 0
	for marker, segment := range segments(file) {
		switch {
		case marker == jpegSOS:
			h.Interlaced = h.Interlaced || len(segment) > 0 && int(segment[0]) < components
			return components > 0
		case marker == jpegAPP1:
			if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok {
				h.Orientation = orientation(exif)
			}
		case isFrame(marker):
			if components = readFrame(h, segment); components == 0 {
				return false
			}
			h.Interlaced = isProgressive(marker)
		}
	}
	return false
}

func isProgressive(marker byte) bool { return marker&3 == 2 }

// Sampling returns the sampling factors of a JPEG's channels, horizontal and
// vertical, as "2x2,1x1,1x1", and whether it is progressive. It is empty for
// other files.
func Sampling(file []byte) (factors string, progressive bool) {
	if format, _ := sniff.Sniff(file); format != sniff.JPEG {
		return "", false
	}
	for marker, segment := range segments(file) {
		if !isFrame(marker) {
			continue
		}
		if components := readFrame(new(Header), segment); components > 0 {
			var all []string
			for c := range components {
				all = append(all, fmt.Sprintf("%dx%d", segment[7+3*c]>>4, segment[7+3*c]&15))
			}
			return strings.Join(all, ","), isProgressive(marker)
		}
		break
	}
	return "", false
}

// readFrame reads a frame header (section B.2.2) and returns the number of
// components; 0 is an error.
func readFrame(h *Header, segment []byte) int {
	if len(segment) < 6 {
		return 0
	}
	components := int(segment[5])
	if components < 1 || components > 4 || len(segment) < 6+3*components {
		return 0
	}
	h.Height, h.Width = big16(segment, 1), big16(segment, 3)
	h.Channels = components
	if segment[0] > 8 {
		h.Depth = 16
	}
	// Components are sampled relative to the largest factors.
	widest, tallest, area := 1, 1, 0
	for c := range components {
		factors := int(segment[7+3*c])
		widest, tallest = max(widest, factors>>4), max(tallest, factors&15)
		area += (factors >> 4) * (factors & 15)
	}
	h.Samples = int64(h.Width) * int64(h.Height) * int64(area) / int64(widest*tallest)
	return components
}
