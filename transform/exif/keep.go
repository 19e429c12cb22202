package exif

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/caddy-images/caddy-images/transform"
)

// Limits on what is kept. A block must fit into one segment of a JPEG.
const (
	mostText   = 8192   // bytes
	mostBlock  = 60_000 // bytes
	entryBytes = 12
)

// Tags that describe the written image.
const (
	tagOrientation     = 0x0112
	tagXResolution     = 0x011a
	tagYResolution     = 0x011b
	tagResolutionUnit  = 0x0128
	tagPositioning     = 0x0213
	tagExifVersion     = 0x9000
	tagComponents      = 0x9101
	tagFlashpixVersion = 0xa000
	tagColorSpace      = 0xa001
	tagWidth           = 0xa002
	tagHeight          = 0xa003
	tagProcessing      = 0x1b // of GPS
	tagArea            = 0x1c // of GPS
)

const (
	inches       = 2      // of ResolutionUnit
	uncalibrated = 0xffff // of ColorSpace
)

// field is an entry of a directory and its value.
type field struct {
	tag, kind uint16
	count     uint32
	data      []byte
	below     []field // a subdirectory, instead of data
}

// Keep returns the part of an EXIF block, or of a whole TIFF, that is true of
// an image derived from the original, updated for that image: size, density,
// colours, and an upright orientation. It is empty if the block is invalid.
//
// Only listed tags are kept: no thumbnail, which would show what was cropped
// off; no maker note, whose previews would too and whose offsets would break;
// nothing about the storage of pixels or about places in the image; and no
// tag that the standard does not name.
func Keep(block []byte, w transform.Written) []byte {
	r, ok := newReader(block)
	if !ok {
		return nil
	}
	budget := mostBlock
	image, below := r.fields(r.order.Uint32(r.block[4:]), imageTags, &budget)
	exif, _ := r.fields(below[tagExif], exifTags, &budget)
	gps, _ := r.fields(below[tagGPS], gpsTags, &budget)
	if r.found == 0 {
		return nil
	}
	density := uint32(math.Round(w.Density))
	if w.Density < 1 || w.Density > math.MaxInt16 {
		density = transform.DefaultDensity
	}
	space := uint16(uncalibrated)
	if w.SRGB {
		space = 1
	}
	// The version of the standard is required (Exif 2.32, 4.6.8).
	for tag, version := range map[uint16]string{tagExifVersion: "0232", tagFlashpixVersion: "0100"} {
		if !slices.ContainsFunc(exif, func(f field) bool { return f.tag == tag }) {
			exif = append(exif, field{tag, typeUndefined, 4, []byte(version), nil})
		}
	}
	exif = append(exif, r.short(tagColorSpace, space), r.long(tagWidth, uint32(w.Size.Width)), r.long(tagHeight, uint32(w.Size.Height)))
	if w.Format == transform.JPEG {
		// Required for the samples of a JPEG (Exif 2.32, 4.6.8, table 21): Y,
		// Cb and Cr, with centred chroma.
		exif = append(exif, field{tagComponents, typeUndefined, 4, []byte{1, 2, 3, 0}, nil})
		image = append(image, r.short(tagPositioning, 1))
	}
	image = append(image,
		r.short(tagOrientation, 1), r.rational(tagXResolution, density), r.rational(tagYResolution, density), r.short(tagResolutionUnit, inches),
		field{tag: tagExif, below: exif},
	)
	if len(gps) > 0 {
		image = append(image, field{tag: tagGPS, below: gps})
	}
	return written(r.order, image)
}

// fields reads the listed entries of a directory whose values exist, the
// first of each tag, and the offsets of its subdirectories. budget limits the
// bytes of all values.
func (r *reader) fields(at uint32, listed map[uint16]bool, budget *int) (fields []field, below map[uint16]uint32) {
	below = map[uint16]uint32{}
	if at == 0 || uint64(at)+2 > uint64(len(r.block)) {
		return nil, below
	}
	rest := r.block[at:]
	entries := int(r.order.Uint16(rest))
	rest = rest[2:]
	seen := map[uint16]bool{}
	for n := 0; n < min(entries, mostEntries) && len(rest) >= entryBytes; n, rest = n+1, rest[entryBytes:] {
		f := field{tag: r.order.Uint16(rest), kind: r.order.Uint16(rest[2:]), count: r.order.Uint32(rest[4:])}
		r.found++
		if f.kind == typeLong && f.count == 1 {
			below[f.tag] = r.order.Uint32(rest[8:])
		}
		if !listed[f.tag] || seen[f.tag] || !f.isPlain() {
			continue
		}
		length := uint64(f.count) * uint64(sizes[f.kind])
		var ok bool
		if f.data, ok = r.whole(rest[8:entryBytes], length); !ok || entryBytes+len(f.data)+1 > *budget {
			continue
		}
		seen[f.tag] = true
		*budget -= entryBytes + len(f.data) + 1
		fields = append(fields, f)
	}
	return fields, below
}

// isPlain reports whether a value has the length of one written by a camera
// or a person: a text, or a few numbers.
func (f field) isPlain() bool {
	if int(f.kind) >= len(sizes) || sizes[f.kind] == 0 || f.count == 0 {
		return false
	}
	isText := f.kind == typeASCII || f.kind == typeUTF8 || f.tag == tagUserComment || f.tag >= tagXPTitle && f.tag <= tagXPSubject ||
		f.kind == typeUndefined && (f.tag == tagProcessing || f.tag == tagArea)
	if isText {
		return f.count <= mostText && sizes[f.kind] == 1
	}
	return f.count <= mostValues
}

// whole returns a value's bytes if all of them exist.
func (r *reader) whole(entry []byte, length uint64) ([]byte, bool) {
	if length <= 4 {
		return entry[:length], true
	}
	at := uint64(r.order.Uint32(entry))
	if at < 8 || at+length > uint64(len(r.block)) {
		return nil, false
	}
	return r.block[at : at+length], true
}

func (r *reader) short(tag, v uint16) field {
	return field{tag, typeShort, 1, r.order.AppendUint16(nil, v), nil}
}

func (r *reader) long(tag uint16, v uint32) field {
	return field{tag, typeLong, 1, r.order.AppendUint32(nil, v), nil}
}

func (r *reader) rational(tag uint16, v uint32) field {
	return field{tag, typeRational, 1, r.order.AppendUint32(r.order.AppendUint32(nil, v), 1), nil}
}

// Credit returns the creator and the owner of an image: the tags Artist and
// Copyright of an EXIF block or a whole TIFF.
func Credit(block []byte) (artist, copyright string) {
	r, ok := newReader(block)
	if !ok {
		return "", ""
	}
	budget := mostBlock
	fields, _ := r.fields(r.order.Uint32(r.block[4:]), creditTags, &budget)
	for _, f := range fields {
		switch {
		case f.kind != typeASCII && f.kind != typeUTF8:
		case f.tag == tagArtist:
			artist = text(f.data)
		case f.tag == tagCopyright:
			copyright = copyrightText(f.data)
		}
	}
	return artist, copyright
}

// copyrightText reads the tag Copyright, which may have the photographer's
// and, after a zero, the editor's (Exif 2.32, 4.6.4, Copyright).
func copyrightText(data []byte) string {
	photographer, editor, _ := bytes.Cut(data, []byte{0})
	first, second := text(photographer), text(editor)
	if first == "" || second == "" {
		return first + second
	}
	return first + "; " + second
}

// New returns an EXIF block with only the creator and the owner; empty if
// neither is known.
func New(artist, copyright string) []byte {
	var fields []field
	for tag, text := range map[uint16]string{tagArtist: artist, tagCopyright: copyright} {
		if text != "" && len(text) < mostText {
			fields = append(fields, field{tag, typeASCII, uint32(len(text) + 1), append([]byte(text), 0), nil})
		}
	}
	if fields == nil {
		return nil
	}
	return written(binary.BigEndian, fields)
}

// written returns a block with one directory, and without the second one of
// the thumbnail.
func written(order byteOrder, fields []field) []byte {
	block := []byte("II*\x00")
	if order.Uint16([]byte{0, 1}) == 1 {
		block = []byte("MM\x00*")
	}
	return appendDirectory(order, order.AppendUint32(block, 8), fields)
}

// appendDirectory appends a directory, followed by the values and
// subdirectories of its entries. Entries are sorted by tag (TIFF 6.0, section
// 2), and values start at even offsets.
func appendDirectory(order byteOrder, block []byte, fields []field) []byte {
	slices.SortFunc(fields, func(a, b field) int { return int(a.tag) - int(b.tag) })
	at := len(block)
	block = append(block, make([]byte, 2+entryBytes*len(fields)+4)...)
	directory := order.AppendUint16(nil, uint16(len(fields)))
	for _, f := range fields {
		value := order.AppendUint32(nil, uint32(len(block)))
		switch {
		case f.below != nil:
			f.kind, f.count = typeLong, 1
			block = appendDirectory(order, block, f.below)
		case len(f.data) <= 4:
			value = append(append([]byte{}, f.data...), make([]byte, 4-len(f.data))...)
		default:
			block = append(block, f.data...)
		}
		if len(block)%2 == 1 {
			block = append(block, 0)
		}
		directory = order.AppendUint16(order.AppendUint16(directory, f.tag), f.kind)
		directory = append(order.AppendUint32(directory, f.count), value...)
	}
	copy(block[at:], directory)
	return block
}
