package metadata

import "encoding/binary"

// Bits of the chunk VP8X (RFC 9649, section 2.7.1).
const (
	webpXMP   = 0x04
	webpExif  = 0x08
	webpAlpha = 0x10
)

// intoWebP appends chunks, and announces them in the chunk VP8X, which it
// adds to a simple file (RFC 9649, section 2.7).
func (b Blocks) intoWebP(file []byte) ([]byte, error) {
	const header = 12 // "RIFF", the length of what follows, "WEBP"
	if len(file) < header+8 || string(file[:4]) != "RIFF" || string(file[8:header]) != "WEBP" {
		return nil, errForm
	}
	out := append(make([]byte, 0, len(file)+len(b.EXIF)+len(b.XMP)+64), file[:header]...)
	if string(file[header:header+4]) != "VP8X" {
		extended, err := webpExtended(file[header:])
		if err != nil {
			return nil, err
		}
		out = append(out, extended...)
	}
	out = append(out, file[header:]...)
	chunk := func(name string, flag byte, data []byte) {
		if len(data) == 0 {
			return
		}
		out[header+8] |= flag
		out = binary.LittleEndian.AppendUint32(append(out, name...), uint32(len(data)))
		if out = append(out, data...); len(data)%2 == 1 {
			out = append(out, 0)
		}
	}
	chunk("EXIF", webpExif, b.EXIF)
	chunk("XMP ", webpXMP, b.XMP)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}

// webpExtended returns the chunk VP8X for a simple file, with the size and
// transparency of its only chunk (RFC 6386, section 9.1; RFC 9649, section
// 3.4).
func webpExtended(chunk []byte) ([]byte, error) {
	var width, height uint32 // minus 1
	var flags byte
	switch data := chunk[8:]; {
	case string(chunk[:4]) == "VP8 " && len(data) >= 10 && string(data[3:6]) == "\x9d\x01\x2a":
		width = uint32(binary.LittleEndian.Uint16(data[6:])&0x3fff) - 1
		height = uint32(binary.LittleEndian.Uint16(data[8:])&0x3fff) - 1
	case string(chunk[:4]) == "VP8L" && len(data) >= 5 && data[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(data[1:])
		width, height = bits&0x3fff, bits>>14&0x3fff
		if bits>>28&1 == 1 {
			flags |= webpAlpha
		}
	default:
		return nil, errForm
	}
	out := append([]byte("VP8X\x0a\x00\x00\x00"), flags, 0, 0, 0)
	out = append(out, byte(width), byte(width>>8), byte(width>>16))
	return append(out, byte(height), byte(height>>8), byte(height>>16)), nil
}
