// Package strip removes everything but the image from its file: EXIF, XMP,
// IPTC, comments, thumbnails, and further images. Pixels are neither decoded
// nor changed; colour profile and orientation stay, since they affect the
// image.
//
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded by the file's length.
package strip

import (
	"encoding/binary"

	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Metadata returns the file without its metadata, never longer than before:
// the same file if it has none. ok is false if the structure is malformed or
// the format is not one that browsers show: JPEG, PNG, WebP, GIF and AVIF.
func Metadata(file []byte) ([]byte, bool) {
	h, ok := header.Read(file)
	if !ok {
		return nil, false
	}
	strip, ok := formats[h.Format]
	if !ok {
		return nil, false
	}
	stripped, ok := strip(file, h.Orientation)
	if !ok || len(stripped) > len(file) {
		return nil, false
	}
	return stripped, true
}

var formats = map[sniff.Format]func(file []byte, orientation int) ([]byte, bool){
	sniff.JPEG: stripJPEG,
	sniff.PNG:  stripPNG,
	sniff.WebP: stripWebP,
	sniff.GIF:  func(file []byte, _ int) ([]byte, bool) { return stripGIF(file) },
	sniff.AVIF: func(file []byte, _ int) ([]byte, bool) { return stripHEIF(file) },
}

// exif returns EXIF data with only an orientation: a TIFF with one directory
// of one entry.
func exif(orientation int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08")
	b = binary.BigEndian.AppendUint16(b, 1)      // entries
	b = binary.BigEndian.AppendUint16(b, 0x0112) // Orientation
	b = binary.BigEndian.AppendUint16(b, 3)      // SHORT
	b = binary.BigEndian.AppendUint32(b, 1)      // of them
	b = binary.BigEndian.AppendUint16(b, uint16(orientation))
	b = binary.BigEndian.AppendUint16(b, 0) // pads the value to four bytes
	return binary.BigEndian.AppendUint32(b, 0)
}
