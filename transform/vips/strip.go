//go:build cgo

package vips

import (
	"bytes"
	"encoding/binary"
)

// cutMetadata removes the EXIF block from a JPEG, and all metadata chunks,
// except perhaps the profile, from a WebP. Other formats, and malformed
// files, are returned unchanged.
func cutMetadata(buf []byte, profile bool) []byte {
	switch {
	case bytes.HasPrefix(buf, []byte("\xff\xd8")):
		return cutJPEG(buf)
	case len(buf) >= 12 && string(buf[:4]) == "RIFF":
		return cutWebP(buf, profile)
	}
	return buf
}

// cutJPEG walks over the segments up to the start of the scan: each is a
// marker, its length, and the data.
func cutJPEG(buf []byte) []byte {
	const app1, startOfScan = 0xe1, 0xda
	out := append(make([]byte, 0, len(buf)), buf[:2]...)
	rest := buf[2:]
	for len(rest) >= 4 && rest[0] == 0xff && rest[1] != startOfScan {
		end := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if end > len(rest) {
			return buf
		}
		if rest[1] != app1 {
			out = append(out, rest[:end]...)
		}
		rest = rest[end:]
	}
	return append(out, rest...)
}

// The bits of the VP8X chunk for what cutWebP removes.
const (
	webpXMP     = 0x04
	webpExif    = 0x08
	webpProfile = 0x20
)

// cutWebP walks over the chunks: each is a name, its length, the data, and a
// byte of padding if the length is odd. The file's own length is at byte 4.
func cutWebP(buf []byte, profile bool) []byte {
	out := append(make([]byte, 0, len(buf)), buf[:12]...)
	for rest := buf[12:]; len(rest) > 0; {
		if len(rest) < 8 {
			return buf
		}
		size := uint64(binary.LittleEndian.Uint32(rest[4:]))
		end := 8 + size + size%2
		if end > uint64(len(rest)) {
			return buf
		}
		chunk := rest[:end]
		rest = rest[end:]
		switch string(chunk[:4]) {
		case "EXIF", "XMP ":
			continue
		case "ICCP":
			if !profile {
				continue
			}
		case "VP8X":
			chunk = bytes.Clone(chunk)
			chunk[8] &^= webpXMP | webpExif
			if !profile {
				chunk[8] &^= webpProfile
			}
		}
		out = append(out, chunk...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}
