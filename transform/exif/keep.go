package exif

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"

	"github.com/caddy-images/caddy-images/transform"
)

// Bounds of what is kept. A block has to fit into one segment of a JPEG.
const (
	mostText   = 8192   // bytes
	mostBlock  = 60_000 // bytes
	entryBytes = 12
)

// Tags that say something of the image that is written.
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

// field is an entry of a directory with its value.
type field struct {
	tag, kind uint16
	count     uint32
	data      []byte
	below     []field // a directory that the entry points to, instead of data
}

// Keep returns what a block of EXIF, or a whole TIFF, says that is true of an
// image that was made of its own as well, with what is true of that image:
// its size, its density, its colours, and that it is upright. It is empty if
// the block is none.
//
// What is kept is listed, and nothing else is: no thumbnail, which shows what
// was cut off; no note of a camera's maker, whose previews do so too and
// whose offsets would lead astray; nothing about how pixels were stored, or
// where in the image something was; and no tag that the standard does not
// name.
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
	// Which standard it is has to be said, if the original does not (Exif 2.32, 4.6.8).
	for tag, version := range map[uint16]string{tagExifVersion: "0232", tagFlashpixVersion: "0100"} {
		if !slices.ContainsFunc(exif, func(f field) bool { return f.tag == tag }) {
			exif = append(exif, field{tag, typeUndefined, 4, []byte(version), nil})
		}
	}
	exif = append(exif, r.short(tagColorSpace, space), r.long(tagWidth, uint32(w.Size.Width)), r.long(tagHeight, uint32(w.Size.Height)))
	if w.Format == transform.JPEG {
		// What a JPEG has to say of its samples (Exif 2.32, 4.6.8, table 21): Y, Cb and Cr,
		// where colours are sampled in the middle of theirs.
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

// fields reads the entries of a directory that are listed and whose values are there,
// the first of each tag, and where the directories below it are. Budget is the bytes
// that all may take.
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

// isPlain reports whether a value is as long as one that a camera or a person writes: a
// text, or a few numbers.
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

// whole returns a value's bytes, if all of them are there.
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

// Credit is who made an image, and whose it is, by the tags Artist and
// Copyright of a block of EXIF or a whole TIFF.
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

// copyrightText reads the tag Copyright, which may be of the photographer and then,
// behind a zero, of the editor (Exif 2.32, 4.6.4, Copyright).
func copyrightText(data []byte) string {
	photographer, editor, _ := bytes.Cut(data, []byte{0})
	first, second := text(photographer), text(editor)
	if first == "" || second == "" {
		return first + second
	}
	return first + "; " + second
}

// New returns a block of EXIF that says no more than who made an image and
// whose it is; empty if neither is known.
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

// written makes a block of a directory. It has no second one, where the thumbnail
// would be.
func written(order byteOrder, fields []field) []byte {
	block := []byte("II*\x00")
	if order.Uint16([]byte{0, 1}) == 1 {
		block = []byte("MM\x00*")
	}
	return appendDirectory(order, order.AppendUint32(block, 8), fields)
}

// appendDirectory appends a directory and, behind it, the values and directories that
// its entries point to. Entries stand in the order of their tags (TIFF 6.0, section 2),
// and what they point to at even places.
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
