// Package exif reads EXIF, the metadata of cameras, and writes the part that
// is still true of an image derived from the original.
//
// It is plain Go and reads untrusted files: it never panics, and its time and
// memory are bounded, whatever they announce.
package exif

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/caddy-images/caddy-images/transform"
)

// Prefix precedes a block in some files.
const Prefix = "Exif\x00\x00"

// Limits on what is read. No camera writes more.
const (
	mostEntries = 512 // of a directory
	mostValues  = 64  // of a list; a longer one is not descriptive
	mostBytes   = 4096
)

// Types of TIFF 6.0, section 2.
const (
	typeByte      = 1
	typeASCII     = 2
	typeShort     = 3
	typeLong      = 4
	typeRational  = 5
	typeSByte     = 6
	typeUndefined = 7
	typeSShort    = 8
	typeSLong     = 9
	typeSRational = 10
	typeFloat     = 11
	typeDouble    = 12
	typeUTF8      = 129 // Exif 3.0, section 4.6.2
)

var sizes = [...]int{
	typeByte: 1, typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8, typeSByte: 1, typeUndefined: 1,
	typeSShort: 2, typeSLong: 4, typeSRational: 8, typeFloat: 4, typeDouble: 8, typeUTF8: 1,
}

// Read reads the tags of an EXIF block, with or without the "Exif\0\0" before
// it, or of a whole TIFF. It skips the thumbnail's tags, tags that the
// standard does not name, and long lists. Anything but EXIF has no tags.
func Read(block []byte) map[string]transform.Value {
	r, ok := newReader(block)
	if !ok {
		return nil
	}
	r.tags = map[string]transform.Value{}
	below := r.directory(r.order.Uint32(r.block[4:]), names)
	exif := r.directory(below[tagExif], names)
	r.directory(below[tagGPS], gpsNames)
	r.directory(exif[tagInterop], interopNames)
	return r.tags
}

type reader struct {
	block []byte
	order byteOrder
	tags  map[string]transform.Value
	found int // entries of any kind
}

type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// newReader parses the header; ok is false if there is none.
func newReader(block []byte) (r reader, ok bool) {
	r.block = bytes.TrimPrefix(block, []byte(Prefix))
	switch {
	case len(r.block) < 8:
		return r, false
	case string(r.block[:4]) == "II*\x00":
		r.order = binary.LittleEndian
	case string(r.block[:4]) == "MM\x00*":
		r.order = binary.BigEndian
	default:
		return r, false
	}
	return r, true
}

// directory reads a directory, in which the first tag of a name counts, and
// returns the offsets of its subdirectories by tag.
func (r *reader) directory(at uint32, names map[uint16]string) (below map[uint16]uint32) {
	below = map[uint16]uint32{}
	if at == 0 || uint64(at)+2 > uint64(len(r.block)) {
		return below
	}
	rest := r.block[at:]
	entries := int(r.order.Uint16(rest))
	rest = rest[2:]
	for n := 0; n < min(entries, mostEntries) && len(rest) >= 12; n, rest = n+1, rest[12:] {
		tag, kind, count := r.order.Uint16(rest), r.order.Uint16(rest[2:]), r.order.Uint32(rest[4:])
		if kind == typeLong && count == 1 {
			below[tag] = r.order.Uint32(rest[8:])
		}
		name, known := names[tag]
		if !known || int(kind) >= len(sizes) || sizes[kind] == 0 {
			continue
		}
		if _, there := r.tags[name]; there {
			continue
		}
		data := r.data(rest[8:12], uint64(count)*uint64(sizes[kind]))
		if v, ok := r.value(tag, kind, data); ok {
			r.tags[name] = v
		}
	}
	return below
}

// data returns the bytes of a value: inline, or at the entry's offset.
func (r *reader) data(entry []byte, length uint64) []byte {
	if length <= 4 {
		return entry[:length]
	}
	at := uint64(r.order.Uint32(entry))
	if at < 8 || at >= uint64(len(r.block)) { // 8 bytes are the header
		return nil
	}
	return r.block[at:min(at+length, uint64(len(r.block)), at+mostBytes)]
}

// value returns a value as text.
func (r *reader) value(tag, kind uint16, data []byte) (v transform.Value, ok bool) {
	switch {
	case len(data) == 0:
		return v, false
	case kind == typeASCII || kind == typeUTF8:
		v.Text = text(data)
		return v, v.Text != ""
	case tag == tagUserComment:
		v.Text = r.comment(data)
		return v, v.Text != ""
	case tag >= tagXPTitle && tag <= tagXPSubject:
		v.Text = wide(data, binary.LittleEndian)
		return v, v.Text != ""
	}
	size := sizes[kind]
	if len(data)/size == 0 || len(data)/size > mostValues {
		return v, false
	}
	var all []string
	for ; len(data) >= size; data = data[size:] {
		all = append(all, r.number(kind, data))
	}
	v.Text = strings.Join(all, ", ")
	v.Number = len(all) == 1 && kind != typeRational && kind != typeSRational && kind != typeFloat && kind != typeDouble
	return v, true
}

// number returns the first of the numbers in data.
func (r *reader) number(kind uint16, data []byte) string {
	switch kind {
	case typeShort:
		return strconv.Itoa(int(r.order.Uint16(data)))
	case typeLong:
		return strconv.FormatUint(uint64(r.order.Uint32(data)), 10)
	case typeSByte:
		return strconv.Itoa(int(int8(data[0])))
	case typeSShort:
		return strconv.Itoa(int(int16(r.order.Uint16(data))))
	case typeSLong:
		return strconv.Itoa(int(int32(r.order.Uint32(data))))
	case typeRational:
		return strconv.FormatUint(uint64(r.order.Uint32(data)), 10) + "/" + strconv.FormatUint(uint64(r.order.Uint32(data[4:])), 10)
	case typeSRational:
		return strconv.Itoa(int(int32(r.order.Uint32(data)))) + "/" + strconv.Itoa(int(int32(r.order.Uint32(data[4:]))))
	case typeFloat:
		return strconv.FormatFloat(float64(math.Float32frombits(r.order.Uint32(data))), 'g', -1, 32)
	case typeDouble:
		return strconv.FormatFloat(math.Float64frombits(r.order.Uint64(data)), 'g', -1, 64)
	}
	return strconv.Itoa(int(data[0])) // a byte, or undefined
}

// comment returns UserComment, decoded by the character code in its first 8
// bytes (Exif 2.3, 4.6.5).
func (r *reader) comment(data []byte) string {
	const code = 8
	if len(data) < code {
		return ""
	}
	switch string(data[:code]) {
	case "UNICODE\x00":
		return wide(data[code:], r.order)
	case "ASCII\x00\x00\x00", "\x00\x00\x00\x00\x00\x00\x00\x00":
		return text(data[code:])
	}
	return ""
}

// text returns the text before the first zero. The standard requires ASCII;
// cameras write UTF-8, and old ones Latin-1.
func text(data []byte) string {
	s, _, _ := strings.Cut(string(data), "\x00")
	if !utf8.ValidString(s) {
		runes := make([]rune, 0, len(s))
		for _, b := range []byte(s) {
			runes = append(runes, rune(b))
		}
		s = string(runes)
	}
	return strings.TrimSpace(s)
}

// wide decodes a text of 16 bits per character.
func wide(data []byte, order binary.ByteOrder) string {
	var units []uint16
	for ; len(data) >= 2; data = data[2:] {
		u := order.Uint16(data)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return strings.TrimSpace(string(utf16.Decode(units)))
}
