package metadata

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/exif"
	"github.com/caddy-images/caddy-images/transform/iptc"
)

// errForm is returned for a file that does not have the form that encoders
// write.
var errForm = errors.New("the file has not the form in which metadata can be put into it")

// Into writes the blocks into a file from an encoder without metadata, as far
// as its format supports them: JPEG all, PNG, WebP and AVIF EXIF and XMP, GIF
// XMP.
func (b Blocks) Into(file []byte, format transform.Format) ([]byte, error) {
	b.EXIF = bytes.TrimPrefix(b.EXIF, []byte(exif.Prefix))
	switch {
	case len(b.EXIF) == 0 && len(b.XMP) == 0 && (len(b.IPTC) == 0 || format != transform.JPEG):
		return file, nil
	case format == transform.JPEG:
		return b.intoJPEG(file)
	case format == transform.PNG:
		return b.intoPNG(file)
	case format == transform.WebP:
		return b.intoWebP(file)
	case format == transform.AVIF:
		return b.intoAVIF(file)
	case format == transform.GIF:
		return b.intoGIF(file)
	}
	return nil, errForm
}

// intoJPEG inserts segments after the first marker, EXIF first (Exif 2.32,
// 4.5.4).
func (b Blocks) intoJPEG(file []byte) ([]byte, error) {
	const start, app1, app13 = "\xff\xd8", 0xe1, 0xed
	rest, ok := bytes.CutPrefix(file, []byte(start))
	if !ok {
		return nil, errForm
	}
	out := append(make([]byte, 0, len(file)+len(b.EXIF)+len(b.XMP)+len(b.IPTC)+256), start...)
	segment := func(marker byte, prefix string, data []byte) {
		if len(data) == 0 || len(prefix)+len(data) > maxSegment {
			return
		}
		out = binary.BigEndian.AppendUint16(append(out, 0xff, marker), uint16(2+len(prefix)+len(data)))
		out = append(append(out, prefix...), data...)
	}
	segment(app1, exif.Prefix, b.EXIF)
	segment(app1, xmpSegment, b.XMP)
	if len(b.IPTC) > 0 {
		segment(app13, "", iptc.Resources(b.IPTC))
	}
	return append(out, rest...), nil
}

// intoPNG inserts chunks after the header (PNG, third edition, 11.3.3.4 and
// 11.3.4.5; the keyword of XMP is that of ISO 16684-3).
func (b Blocks) intoPNG(file []byte) ([]byte, error) {
	const header = 8 + 12 + 13 // signature, and the chunk IHDR
	if len(file) < header || string(file[12:16]) != "IHDR" {
		return nil, errForm
	}
	out := append(make([]byte, 0, len(file)+len(b.EXIF)+len(b.XMP)+64), file[:header]...)
	chunk := func(name, prefix string, data []byte) {
		if len(data) == 0 {
			return
		}
		out = binary.BigEndian.AppendUint32(out, uint32(len(prefix)+len(data)))
		at := len(out)
		out = append(append(append(out, name...), prefix...), data...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[at:]))
	}
	chunk("eXIf", "", b.EXIF)
	chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00", b.XMP) // not compressed, in no language
	return append(out, file[header:]...), nil
}

// intoGIF inserts an application extension before the trailer (XMP
// Specification, part 3, 1.1.2). The packet is not a sequence of data blocks;
// the bytes after it lead a reader that expects one to its end.
func (b Blocks) intoGIF(file []byte) ([]byte, error) {
	const trailer = 0x3b
	if len(b.XMP) == 0 {
		return file, nil
	}
	end := len(file) - 1
	if end < 6 || file[end] != trailer {
		return nil, errForm
	}
	out := append(make([]byte, 0, len(file)+len(b.XMP)+512), file[:end]...)
	copy(out[3:], "89a") // the version with extensions
	out = append(out, "\x21\xff\x0bXMP DataXMP"...)
	out = append(append(out, b.XMP...), 1)
	for n := 0xff; n >= 0; n-- {
		out = append(out, byte(n))
	}
	return append(out, 0, trailer), nil
}
