package header

import "bytes"

// readWebP reads the first chunk and, in the extended format, walks over the
// others.
func readWebP(h *Header, file []byte) bool {
	const first = 12
	if len(file) < first+8 {
		return false
	}
	data := file[first+8:]
	switch string(file[first : first+4]) {
	case "VP8 ":
		return readVP8(h, data)
	case "VP8L":
		return readVP8L(h, data)
	case "VP8X":
	default:
		return false
	}
	if len(data) < 10 {
		return false
	}
	const exif, alpha, animation = 0x08, 0x10, 0x02
	flags := data[0]
	h.Width, h.Height = little24(data, 4)+1, little24(data, 7)+1
	if flags&alpha != 0 {
		h.Channels, h.Alpha = 4, true
	}
	frames := 0
	for at := first; at+8 <= len(file) && frames < mostFrames; {
		length, kind := little32(file, at+4), string(file[at:at+4])
		data := file[at+8 : at+8+min(length, len(file)-at-8)]
		switch {
		case kind == "ANMF":
			frames++
			h.Lossless = h.Lossless || len(data) > 16 && bytes.HasPrefix(data[16:], []byte("VP8L"))
		case kind == "VP8L":
			h.Lossless = true
			h.Palette = indexesColours(data)
		case kind == "EXIF" && flags&exif != 0:
			h.Orientation = orientation(bytes.TrimPrefix(data, []byte("Exif\x00\x00")))
		}
		at += 8 + length + length&1
	}
	if flags&animation != 0 {
		h.Frames = max(frames, 1)
	}
	return true
}

// readVP8 reads the frame header of a lossy image (RFC 6386 section 9.1).
func readVP8(h *Header, data []byte) bool {
	if len(data) < 10 || string(data[3:6]) != "\x9d\x01\x2a" {
		return false
	}
	h.Width, h.Height = little16(data, 6)&0x3fff, little16(data, 8)&0x3fff
	return true
}

// readVP8L reads the header of a lossless image (RFC 9649 section 3.4).
func readVP8L(h *Header, data []byte) bool {
	if len(data) < 5 || data[0] != 0x2f {
		return false
	}
	bits := little32(data, 1)
	h.Width, h.Height = bits&0x3fff+1, bits>>14&0x3fff+1
	if bits>>28&1 != 0 {
		h.Channels, h.Alpha = 4, true
	}
	h.Lossless, h.Palette = true, indexesColours(data)
	return true
}

// indexesColours reports whether colour indexing is the first transform of a
// lossless image (RFC 9649 section 4.4): encoders that use it put it first.
func indexesColours(data []byte) bool {
	const transform, indexing = 1, 3
	return len(data) > 5 && data[0] == 0x2f && data[5]&1 == transform && data[5]>>1&3 == indexing
}
