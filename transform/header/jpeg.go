package header

import "bytes"

// Markers of ITU-T T.81, table B.1, without their first byte, 0xff.
const (
	jpegSOF  = 0xc0 // to 0xcf, but for the three that follow
	jpegDHT  = 0xc4
	jpegJPG  = 0xc8
	jpegDAC  = 0xcc
	jpegRST  = 0xd0 // to 0xd7
	jpegEOI  = 0xd9
	jpegSOS  = 0xda
	jpegAPP1 = 0xe1
)

// readJPEG walks the segments up to the first scan.
func readJPEG(h *Header, file []byte) bool {
	components := 0
	for at := 2; at+4 <= len(file); {
		marker := file[at+1]
		switch {
		case file[at] != 0xff || marker == 0xff:
			at++ // decoders skip what is between segments, and fill bytes
			continue
		case marker <= 1 || marker >= jpegRST && marker < jpegEOI:
			at += 2 // has no length
			continue
		case marker == jpegEOI:
			return false
		}
		length := big16(file, at+2)
		if length < 2 {
			return false
		}
		end := min(at+2+length, len(file))
		segment := file[at+4 : max(end, at+4)]
		switch {
		case marker == jpegSOS:
			h.Interlaced = h.Interlaced || len(segment) > 0 && int(segment[0]) < components
			return components > 0
		case marker == jpegAPP1:
			if exif, ok := bytes.CutPrefix(segment, []byte("Exif\x00\x00")); ok {
				h.Orientation = orientation(exif)
			}
		case marker >= jpegSOF && marker < jpegRST && marker != jpegDHT && marker != jpegJPG && marker != jpegDAC:
			if components = readFrame(h, segment); components == 0 {
				return false
			}
			h.Interlaced = marker&3 == 2
		}
		at += 2 + length
	}
	return false
}

// readFrame reads a frame header (section B.2.2) and returns how many
// components the picture has; 0 is an error.
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
	// Each component has h of the picture's widest's columns, v of its tallest's
	// rows.
	widest, tallest, area := 1, 1, 0
	for c := range components {
		factors := int(segment[7+3*c])
		widest, tallest = max(widest, factors>>4), max(tallest, factors&15)
		area += (factors >> 4) * (factors & 15)
	}
	h.Samples = int64(h.Width) * int64(h.Height) * int64(area) / int64(widest*tallest)
	return components
}
