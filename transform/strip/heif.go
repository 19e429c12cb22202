package strip

import (
	"bytes"
	"encoding/binary"
	"math"
)

// stripHEIF overwrites the items of EXIF and XMP, and the boxes of
// applications, in place: removing them would change every offset in the file
// (ISO/IEC 14496-12 section 8.11, ISO/IEC 23008-12 annex A).
func stripHEIF(file []byte) ([]byte, bool) {
	out := bytes.Clone(file)
	var meta span
	for kind, box := range boxes(out, span{0, len(out)}) {
		switch kind {
		case "meta":
			if meta == (span{}) {
				meta = box
			}
		case "uuid":
			// The first 16 bytes identify the application.
			clear(out[min(box.from+16, box.to):box.to])
		case "\x00bad":
			return nil, false
		}
	}
	if meta.from+4 > meta.to {
		return nil, false
	}
	meta.from += 4 // version and flags
	var items map[uint32]string
	var location, data span
	for kind, box := range boxes(out, meta) {
		switch kind {
		case "iinf":
			items = itemKinds(out, box)
		case "iloc":
			location = box
		case "idat":
			data = box
		case "\x00bad":
			return nil, false
		}
	}
	if items == nil || location == (span{}) {
		return out, items == nil && location == (span{}) // without items
	}
	left := uint64(len(out)) // overlapping extents could take long
	return out, eachExtent(out[location.from:location.to], func(item uint32, inside bool, from, length uint64) bool {
		kind := items[item]
		if kind != "Exif" && kind != "mime" {
			return true
		}
		within := span{0, len(out)}
		if inside {
			within = data
		}
		size := uint64(within.to - within.from)
		if length == 0 || from > size || length > size-from || length > left {
			return false
		}
		left -= length
		extent := out[within.from+int(from):][:length]
		fill := byte(0)
		if kind == "mime" {
			fill = ' '
		}
		for i := range extent {
			extent[i] = fill
		}
		if kind == "Exif" {
			copy(extent, "\x00\x00\x00\x00MM\x00*\x00\x00\x00\x08") // an empty directory
		}
		return true
	})
}

// span is a part of a file.
type span struct{ from, to int }

// mostBoxes exceeds what encoders write into one box.
const mostBoxes = 65536

// boxes iterates over the boxes in a part of a file, by kind and content. A
// truncated one has the kind "\x00bad", and is the last.
func boxes(file []byte, in span) func(yield func(string, span) bool) {
	return func(yield func(string, span) bool) {
		for n := 0; in.from < in.to; n++ {
			head := 8
			if in.to-in.from < head || n == mostBoxes {
				yield("\x00bad", span{})
				return
			}
			size := uint64(binary.BigEndian.Uint32(file[in.from:]))
			kind := string(file[in.from+4 : in.from+8])
			switch size {
			case 0: // to the end
				size = uint64(in.to - in.from)
			case 1:
				head = 16
				if in.to-in.from < head {
					yield("\x00bad", span{})
					return
				}
				size = binary.BigEndian.Uint64(file[in.from+8:])
			}
			if size < uint64(head) || size > uint64(in.to-in.from) {
				yield("\x00bad", span{})
				return
			}
			if !yield(kind, span{in.from + head, in.from + int(size)}) {
				return
			}
			in.from += int(size)
		}
	}
}

// itemKinds reads the types of items from an item information box; nil if it
// is malformed.
func itemKinds(file []byte, box span) map[uint32]string {
	r := &reader{data: file[box.from:box.to]}
	version := r.number(1)
	r.number(3)
	r.number(2 + 2*min(version, 1)) // count
	if r.failed {
		return nil
	}
	kinds := map[uint32]string{}
	for kind, entry := range boxes(file, span{box.to - len(r.data), box.to}) {
		if kind != "infe" {
			return nil
		}
		e := &reader{data: file[entry.from:entry.to]}
		version := e.number(1)
		e.number(3)
		if version < 2 {
			return nil // older than HEIF
		}
		item := e.number(2 * (min(version, 3) - 1))
		e.number(2)
		name := e.number(4)
		if e.failed {
			return nil
		}
		kinds[uint32(item)] = string(binary.BigEndian.AppendUint32(nil, uint32(name)))
	}
	return kinds
}

// eachExtent reads an item location box. inside reports whether the extent is
// in the box idat instead of the file. It returns false for a malformed box,
// and if visit does.
func eachExtent(box []byte, visit func(item uint32, inside bool, from, length uint64) bool) bool {
	r := &reader{data: box}
	version := r.number(1)
	r.number(3)
	sizes := r.number(2)
	offsetSize, lengthSize, baseSize, indexSize := sizes>>12, sizes>>8&15, sizes>>4&15, sizes&15
	if version == 0 {
		indexSize = 0
	}
	if offsetSize+lengthSize == 0 {
		return false // the number of empty extents is unlimited
	}
	wide := uint64(2)
	if version == 2 {
		wide = 4
	}
	for items := r.number(wide); items > 0; items-- {
		item, method := r.number(wide), uint64(0)
		if version > 0 {
			method = r.number(2) & 15
		}
		r.number(2) // data reference
		base := r.number(baseSize)
		for extents := r.number(2); extents > 0; extents-- {
			r.number(indexSize)
			from, length := r.number(offsetSize), r.number(lengthSize)
			if r.failed || method > 1 || base > math.MaxInt64 || from > math.MaxInt64 || !visit(uint32(item), method == 1, base+from, length) {
				return false
			}
		}
		if r.failed {
			return false
		}
	}
	return !r.failed && version <= 2
}

// reader reads big-endian numbers.
type reader struct {
	data   []byte
	failed bool
}

func (r *reader) number(size uint64) (n uint64) {
	if size > 8 || uint64(len(r.data)) < size {
		r.failed = true
		return 0
	}
	for _, b := range r.data[:size] {
		n = n<<8 | uint64(b)
	}
	r.data = r.data[size:]
	return n
}
