package strip

import (
	"bytes"
	"encoding/binary"
)

// Markers of ITU-T T.81, table B.1, without their first byte, 0xff.
const (
	tem   = 0x01
	rst0  = 0xd0
	rst7  = 0xd7
	soi   = 0xd8
	eoi   = 0xd9
	sos   = 0xda
	app0  = 0xe0
	app2  = 0xe2
	app14 = 0xee
	app15 = 0xef
	com   = 0xfe
)

// stripJPEG keeps the application segments of JFIF, of the colour profile,
// and of Adobe, which determines the colour encoding. It drops everything
// after the image, such as other images of an MPF with their own metadata.
// Like decoders it tolerates a missing end marker, and garbage between
// segments.
func stripJPEG(file []byte, orientation int) ([]byte, bool) {
	if len(file) < 4 || file[0] != 0xff || file[1] != soi {
		return nil, false
	}
	out := append(make([]byte, 0, len(file)), file[:2]...)
	oriented, scanned := orientation == 1, false
	for at := 2; ; {
		if at+2 > len(file) {
			return out, scanned
		}
		marker := file[at+1]
		switch {
		case file[at] != 0xff, marker == 0xff: // a fill byte
			at++
			continue
		case marker == eoi:
			return append(out, 0xff, eoi), true
		case marker == tem || marker >= rst0 && marker <= rst7:
			at += 2
			continue
		case marker == 0 || marker == soi:
			return nil, false
		}
		if at+4 > len(file) {
			return nil, false
		}
		end := at + 2 + int(binary.BigEndian.Uint16(file[at+2:]))
		if end < at+4 || end > len(file) {
			return nil, false
		}
		if !oriented && marker != app0 {
			out, oriented = appendSegment(out, app0+1, append([]byte("Exif\x00\x00"), exif(orientation)...)), true
		}
		switch segment := file[at+4 : end]; {
		case marker == app0 && bytes.HasPrefix(segment, []byte("JFIF\x00")) && len(segment) >= 14:
			out = appendSegment(out, app0, append(bytes.Clone(segment[:12]), 0, 0)) // without a thumbnail
		case marker == app2 && bytes.HasPrefix(segment, []byte("ICC_PROFILE\x00")),
			marker == app14 && bytes.HasPrefix(segment, []byte("Adobe")),
			(marker < app0 || marker > app15) && marker != com:
			out = append(out, file[at:end]...)
		}
		at = end
		if marker == sos {
			end := scanEnd(file, at)
			out = append(out, file[at:end]...)
			at, scanned = end, true
		}
	}
}

func appendSegment(out []byte, marker byte, segment []byte) []byte {
	out = append(out, 0xff, marker)
	out = binary.BigEndian.AppendUint16(out, uint16(len(segment)+2))
	return append(out, segment...)
}

// scanEnd returns the end of coded data: the next marker that is not part of
// them, or the end of the file.
func scanEnd(file []byte, at int) int {
	for {
		next := bytes.IndexByte(file[at:], 0xff)
		if next < 0 || at+next+2 > len(file) {
			return len(file)
		}
		at += next
		switch marker := file[at+1]; {
		case marker == 0 || marker >= rst0 && marker <= rst7:
			at += 2
		case marker == 0xff:
			at++
		default:
			return at
		}
	}
}
