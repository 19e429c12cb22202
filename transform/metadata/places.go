package metadata

import (
	"encoding/binary"
	"slices"
)

// places is the box iloc: the positions of items' data in the file (ISO/IEC
// 14496-12, section 8.11.3).
type places struct {
	version                       byte
	offsetSize, lengthSize, bases int // bytes of each
	items                         []place
}

type place struct {
	id      uint16
	method  uint16 // construction method; 0: offset in the file
	base    uint64
	extents []extent
	isNew   bool // its offsets are final
}

type extent struct{ offset, length uint64 }

// readPlaces reads an iloc of version 0 or 1, without indices.
func readPlaces(data []byte) (p places, err error) {
	r := fields{data: data}
	p.version = byte(r.number(1))
	r.number(3) // flags
	sizes := r.number(2)
	p.offsetSize, p.lengthSize, p.bases = int(sizes>>12), int(sizes>>8&0xf), int(sizes>>4&0xf)
	if p.version > 1 || sizes&0xf != 0 || p.offsetSize < 4 || p.lengthSize < 4 {
		return p, errForm
	}
	for n := r.number(2); n > 0 && !r.short; n-- {
		i := place{id: uint16(r.number(2))}
		if p.version == 1 {
			i.method = uint16(r.number(2))
		}
		if r.number(2) != 0 {
			return p, errForm // data in another file
		}
		i.base = r.number(p.bases)
		for m := r.number(2); m > 0 && !r.short; m-- {
			i.extents = append(i.extents, extent{r.number(p.offsetSize), r.number(p.lengthSize)})
		}
		p.items = append(p.items, i)
	}
	if r.short {
		return p, errForm
	}
	return p, nil
}

func (p *places) remove(id uint16) {
	p.items = slices.DeleteFunc(slices.Clone(p.items), func(i place) bool { return i.id == id })
}

// bytes writes the box. Positions from from on are moved by by.
func (p places) bytes(from, by uint64) []byte {
	b := []byte{p.version, 0, 0, 0}
	b = appendNumber(b, 2, uint64(p.offsetSize)<<12|uint64(p.lengthSize)<<8|uint64(p.bases)<<4)
	b = appendNumber(b, 2, uint64(len(p.items)))
	for _, i := range p.items {
		b = appendNumber(b, 2, uint64(i.id))
		if p.version == 1 {
			b = appendNumber(b, 2, uint64(i.method))
		}
		b = appendNumber(b, 2, 0)
		base := i.base
		moves := !i.isNew && i.method == 0
		if moves && p.bases > 0 && base >= from {
			base += by
			moves = false
		}
		b = appendNumber(b, p.bases, base)
		b = appendNumber(b, 2, uint64(len(i.extents)))
		for _, e := range i.extents {
			if moves && base+e.offset >= from {
				e.offset += by
			}
			b = appendNumber(appendNumber(b, p.offsetSize, e.offset), p.lengthSize, e.length)
		}
	}
	return b
}

// fields reads big-endian numbers.
type fields struct {
	data  []byte
	short bool // read past the end
}

func (f *fields) number(bytes int) (v uint64) {
	if bytes > len(f.data) || bytes > 8 {
		f.short = true
		return 0
	}
	for _, b := range f.data[:bytes] {
		v = v<<8 | uint64(b)
	}
	f.data = f.data[bytes:]
	return v
}

func appendNumber(b []byte, bytes int, v uint64) []byte {
	var all [8]byte
	binary.BigEndian.PutUint64(all[:], v)
	return append(b, all[8-bytes:]...)
}
