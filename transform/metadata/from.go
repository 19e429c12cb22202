package metadata

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"

	"github.com/caddy-images/caddy-images/transform/exif"
	"github.com/caddy-images/caddy-images/transform/iptc"
)

// most limits the data of one kind, in bytes.
const most = 1 << 20

// Prefixes of JPEG segments (Exif 2.32, 4.5.4; XMP Specification, part 3,
// 1.1.3).
const (
	xmpSegment = "http://ns.adobe.com/xap/1.0/\x00"
	maxSegment = 0xffff - 2
)

// FromJPEG reads the segments of a JPEG up to its first scan. Extended XMP is
// not read.
func FromJPEG(file []byte) (b Blocks) {
	const app1, app13, startOfScan = 0xe1, 0xed, 0xda
	rest, _ := bytes.CutPrefix(file, []byte("\xff\xd8"))
	for len(rest) >= 4 && rest[0] == 0xff && rest[1] != startOfScan {
		if rest[1] == 0xff { // fill bytes before a marker
			rest = rest[1:]
			continue
		}
		end := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if end < 4 || end > len(rest) {
			break
		}
		data := rest[4:end]
		switch packet, isXMP := bytes.CutPrefix(data, []byte(xmpSegment)); {
		case rest[1] == app1 && isXMP && b.XMP == nil:
			b.XMP = packet
		case rest[1] == app1 && b.EXIF == nil && bytes.HasPrefix(data, []byte(exif.Prefix)):
			b.EXIF = data
		case rest[1] == app13 && bytes.HasPrefix(data, []byte(iptc.Photoshop)) && len(b.IPTC)+len(data) <= most:
			if b.IPTC != nil {
				data = data[len(iptc.Photoshop):] // continues the previous segment
			}
			b.IPTC = append(b.IPTC[:len(b.IPTC):len(b.IPTC)], data...)
		}
		rest = rest[end:]
	}
	return b
}

// WithText adds a text of a PNG. Programs that know no chunk for a block
// write it as text, in hexadecimal under a keyword with this prefix: a line
// with its kind, one with its length, and the digits.
func (b Blocks) WithText(keyword, text string) Blocks {
	switch keyword {
	case "Author":
		b.Author = text
	case "Copyright":
		b.Copyright = text
	}
	kind, ok := strings.CutPrefix(keyword, "Raw profile type ")
	if !ok || len(text) > 2*most {
		return b
	}
	lines := strings.Fields(text)
	if len(lines) < 3 {
		return b
	}
	data, err := hex.DecodeString(strings.Join(lines[2:], ""))
	if err != nil {
		return b
	}
	packet, isXMP := bytes.CutPrefix(data, []byte(xmpSegment))
	switch {
	case b.XMP == nil && (isXMP || kind == "xmp"):
		b.XMP = packet
	case b.EXIF == nil && (kind == "exif" || kind == "APP1"):
		b.EXIF = data
	case b.IPTC == nil && (kind == "iptc" || kind == "8bim"):
		if bytes.HasPrefix(data, []byte(iptc.Signature)) {
			data = append([]byte(iptc.Photoshop), data...)
		}
		b.IPTC = data
	}
	return b
}
