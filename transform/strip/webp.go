package strip

import "encoding/binary"

// Flags of VP8X for metadata (WebP Container Specification, "Extended File
// Format").
const (
	webpEXIF = 0x08
	webpXMP  = 0x04
)

func stripWebP(file []byte, orientation int) ([]byte, bool) {
	size := uint64(binary.LittleEndian.Uint32(file[4:])) + 8
	if size > uint64(len(file)) || size < 12 {
		return nil, false
	}
	file = file[:size]
	out := append(make([]byte, 0, len(file)), file[:12]...)
	extended := -1 // offset of the flags
	for at := 12; at < len(file); {
		if at+8 > len(file) {
			return nil, false
		}
		length := uint64(binary.LittleEndian.Uint32(file[at+4:]))
		end := uint64(at) + 8 + length + length&1
		if end == uint64(len(file))+1 {
			end-- // the last chunk without its padding
		}
		if end > uint64(len(file)) {
			return nil, false
		}
		switch string(file[at : at+4]) {
		case "VP8X":
			if length < 1 {
				return nil, false
			}
			extended = len(out) + 8
			out = append(out, file[at:end]...)
		case "ICCP", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L":
			out = append(out, file[at:end]...)
		}
		at = int(end)
	}
	if extended >= 0 {
		out[extended] &^= webpEXIF | webpXMP
		if orientation != 1 {
			out[extended] |= webpEXIF
			if len(out)%2 == 1 {
				out = append(out, 0)
			}
			data := exif(orientation)
			out = append(out, "EXIF"...)
			out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
			out = append(out, data...)
		}
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, true
}
