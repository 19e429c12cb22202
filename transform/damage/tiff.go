package damage

import (
	"encoding/binary"
	"math"
)

// Tags of TIFF 6.0 for the place of pixels.
const (
	tiffStripOffsets = 273
	tiffStripSizes   = 279
	tiffTileOffsets  = 324
	tiffTileSizes    = 325
)

// mostDirectories exceeds the pages of any document, and mostEntries the
// entries of any directory.
const (
	mostDirectories = 10_000
	mostEntries     = 4096
)

// findTIFF checks that the strips and tiles of all pages lie within the file.
// Decoders notice only those that they read.
func findTIFF(file []byte) Missing {
	t := tiff{file: file, order: binary.LittleEndian, offset: 4, count: 2, entry: 12, inline: 4}
	if len(file) > 0 && file[0] == 'M' {
		t.order = binary.BigEndian
	}
	if t.word(2, 2) == 43 { // BigTIFF
		t.offset, t.count, t.entry, t.inline = 8, 8, 20, 8
	}
	at := t.place(t.word(t.offset, t.inline))
	read := 0 // entries of all lists, which limits repeated use of one list
	for page := 1; at > 0 && at < len(file) && page <= mostDirectories; page++ {
		entries := int(min(t.word(at, t.count), mostEntries))
		lists := map[uint64]list{}
		for n := range entries {
			entry := at + t.count + n*t.entry
			switch tag := t.word(entry, 2); tag {
			case tiffStripOffsets, tiffStripSizes, tiffTileOffsets, tiffTileSizes:
				lists[tag] = t.list(entry)
			}
		}
		for _, tags := range [][2]uint64{{tiffStripOffsets, tiffStripSizes}, {tiffTileOffsets, tiffTileSizes}} {
			offsets, sizes := lists[tags[0]], lists[tags[1]]
			n := min(offsets.length, sizes.length)
			if read += n; read > len(file) {
				return ""
			}
			for i := range n {
				offset, size := offsets.at(t, i), sizes.at(t, i)
				if size > 0 && (offset > uint64(len(file)) || size > uint64(len(file))-offset) {
					return missing("strips or tiles of page %d, of which %d lies behind the end of the file", page, i+1)
				}
			}
		}
		at = t.place(t.word(at+t.count+entries*t.entry, t.inline))
	}
	return ""
}

// tiff reads numbers of a file, as 0 past its end. The fields depend on TIFF
// or BigTIFF.
type tiff struct {
	file  []byte
	order binary.ByteOrder

	offset, count, entry, inline int
}

func (t tiff) word(at, size int) uint64 {
	if at < 0 || at > len(t.file)-size {
		return 0
	}
	switch b := t.file[at : at+size]; size {
	case 2:
		return uint64(t.order.Uint16(b))
	case 4:
		return uint64(t.order.Uint32(b))
	default:
		return t.order.Uint64(b)
	}
}

// place returns an offset into the file, or one past its end.
func (t tiff) place(offset uint64) int {
	return int(min(offset, uint64(len(t.file)), math.MaxInt32))
}

// list is the values of a directory entry.
type list struct{ start, size, length int }

func (t tiff) list(entry int) list {
	size := map[uint64]int{3: 2, 4: 4, 16: 8}[t.word(entry+2, 2)]
	n := t.word(entry+4, t.inline)
	if size == 0 || n > uint64(len(t.file)/size) {
		return list{} // decoders fail too
	}
	l := list{start: entry + 4 + t.inline, size: size, length: int(n)}
	if l.length*size > t.inline {
		l.start = t.place(t.word(l.start, t.inline))
	}
	return l
}

func (l list) at(t tiff, n int) uint64 { return t.word(l.start+n*l.size, l.size) }
