//go:build cgo

package draw

import (
	"bytes"
	"encoding/binary"
)

// withDensity adds the density, in pixels per inch, to a JPEG. libvips omits
// that segment together with the metadata, so it is inserted after the first
// marker (JFIF 1.02, "JFIF: APP0 marker segment").
func withDensity(file []byte, dpi int) []byte {
	const start, app0 = "\xff\xd8", "\xff\xe0"
	if dpi == 0 || !bytes.HasPrefix(file, []byte(start)) || bytes.HasPrefix(file[len(start):], []byte(app0)) {
		return file
	}
	segment := []byte(start + app0 + "\x00\x10JFIF\x00\x01\x02\x01") // 16 bytes, version 1.2, per inch
	segment = binary.BigEndian.AppendUint16(segment, uint16(dpi))
	segment = binary.BigEndian.AppendUint16(segment, uint16(dpi))
	segment = append(segment, 0, 0) // no thumbnail
	return append(segment, file[len(start):]...)
}
