package strip

import (
	"encoding/binary"
	"hash/crc32"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

// kept are the chunks of a PNG that affect its pixels (PNG 3, section 11).
var kept = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true,
	"tRNS": true, "cHRM": true, "gAMA": true, "iCCP": true, "sBIT": true, "sRGB": true, "cICP": true, "mDCV": true, "cLLI": true,
	"bKGD": true, "hIST": true, "pHYs": true, "acTL": true, "fcTL": true, "fdAT": true,
}

// stripPNG tolerates a missing end chunk, as decoders do.
func stripPNG(file []byte, orientation int) ([]byte, bool) {
	out := append(make([]byte, 0, len(file)), pngSignature...)
	for at, data := len(pngSignature), false; ; {
		if at+12 > len(file) {
			return out, data
		}
		length := binary.BigEndian.Uint32(file[at:])
		if uint64(length) > uint64(len(file)-at-12) {
			return nil, false
		}
		kind, end := string(file[at+4:at+8]), at+12+int(length)
		switch {
		case kept[kind]:
			if kind == "IDAT" && orientation != 1 {
				out, orientation = appendChunk(out, "eXIf", exif(orientation)), 1
			}
			out, data = append(out, file[at:end]...), data || kind == "IDAT"
		case kind[0]&0x20 == 0:
			return nil, false // an unknown critical chunk (section 5.4)
		}
		if kind == "IEND" {
			return out, true
		}
		at = end
	}
}

func appendChunk(out []byte, kind string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	from := len(out)
	out = append(append(out, kind...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[from:]))
}
