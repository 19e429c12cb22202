// Package strip takes out of an image's file what is beside the image: EXIF,
// XMP, IPTC, comments, thumbnails, and images behind the first. No pixel is
// decoded, and none changes; the colour profile stays, and so does the
// orientation, since without them it is another image.
//
// It is plain Go and looks at files of strangers: it never panics, and its time and
// memory are bounded by the file's length.
package strip

import (
	"encoding/binary"

	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Metadata returns the file without its metadata, never longer than it was: the file
// itself where it has none. It is false for a file whose structure cannot be followed to
// its end, and for a format that it does not know: JPEG, PNG, WebP, GIF and AVIF are
// those that browsers show.
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

// exif is EXIF data that say nothing but an orientation: a TIFF of one directory with
// one entry.
func exif(orientation int) []byte {
	b := []byte("MM\x00*\x00\x00\x00\x08")
	b = binary.BigEndian.AppendUint16(b, 1)      // entries
	b = binary.BigEndian.AppendUint16(b, 0x0112) // Orientation
	b = binary.BigEndian.AppendUint16(b, 3)      // SHORT
	b = binary.BigEndian.AppendUint32(b, 1)      // of them
	b = binary.BigEndian.AppendUint16(b, uint16(orientation))
	b = binary.BigEndian.AppendUint16(b, 0) // fills the four bytes of a value
	return binary.BigEndian.AppendUint32(b, 0)
}
