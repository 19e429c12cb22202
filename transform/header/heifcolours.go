package header

// heifColours reads the properties of the primary item (ISO/IEC 23008-12,
// 6.5.5) or, if that is derived and has none, of the first item it is derived
// from. An AV1 image without properties has its code points in its sequence
// header.
func heifColours(file []byte) Colours {
	const deepest = 4 // a derived image of a derived image
	meta := fullBox(box(file, "meta"))
	item := primaryItem(meta)
	var c Colours
	for range deepest {
		p := propertiesOf(meta, item)
		if c.MaxCLL == 0 {
			c.MaxCLL = float64(big16(p.light, 0))
		}
		if p.coded != nil {
			c.Primaries, c.Transfer = code(p.coded, 4, knownPrimaries), code(p.coded, 6, knownTransfer)
			return c
		}
		if p.av1 != nil {
			primaries, transfer := av1Colours(p.av1[min(len(p.av1), 4):])
			if primaries == 0 {
				primaries, transfer = av1Colours(itemData(file, meta, item))
			}
			c.Primaries, c.Transfer = primaries, transfer
			return c
		}
		next, ok := madeOf(meta, item)
		if !ok {
			break
		}
		item = next
	}
	return Colours{}
}

// code returns a code point, or Unspecified if H.273 does not define it.
func code(data []byte, at int, known func(int) bool) uint8 {
	if n := big16(data, at); known(n) {
		return uint8(n)
	}
	return Unspecified
}

// id returns an item number, or a number of items, of 16 or 32 bits, and its
// length.
func id(data []byte, at int, wide bool) (n, size int) {
	if wide {
		return big32(data, at), 4
	}
	return big16(data, at), 2
}

// version returns the version of a full box.
func version(data []byte) int { return big32(data, 0) >> 24 }

func primaryItem(meta []byte) int {
	pitm := box(meta, "pitm")
	item, _ := id(pitm, 4, version(pitm) > 0)
	return item
}

// itemProperties are the properties of an item about colours.
type itemProperties struct {
	coded []byte // colr with code points
	light []byte // clli
	av1   []byte // av1C
}

func propertiesOf(meta []byte, item int) (p itemProperties) {
	properties := box(meta, "iprp")
	mine, ok := associated(properties, item)
	if !ok {
		return p
	}
	n := 0
	for kind, data := range boxes(box(properties, "ipco")) {
		if n++; n >= len(mine) {
			break
		}
		if !mine[n] {
			continue
		}
		switch {
		case kind == "colr" && len(data) >= 10 && string(data[:4]) == "nclx" && p.coded == nil:
			p.coded = data
		case kind == "clli" && p.light == nil:
			p.light = data
		case kind == "av1C" && p.av1 == nil:
			p.av1 = data
		}
	}
	return p
}

// mostProperties exceeds what files have, and limits what is examined.
const mostProperties = 1024

// associated returns the numbers, from 1, of an item's properties (ipma).
func associated(properties []byte, item int) (mine [mostProperties]bool, ok bool) {
	for kind, data := range boxes(properties) {
		if kind != "ipma" {
			continue
		}
		wide, large := version(data) > 0, big32(data, 0)&1 != 0
		at := 8
		for range big32(data, 4) {
			if at >= len(data) {
				break
			}
			n, size := id(data, at, wide)
			at += size
			count := byteAt(data, at)
			at++
			each := 1
			if large {
				each = 2
			}
			if n == item {
				for range count {
					index := byteAt(data, at) & 0x7f
					if large {
						index = big16(data, at) & 0x7fff
					}
					if index < mostProperties {
						mine[index] = true
					}
					at += each
				}
				return mine, true
			}
			at += count * each
		}
	}
	return mine, false
}

func byteAt(b []byte, at int) int {
	if at < 0 || at >= len(b) {
		return 0
	}
	return int(b[at])
}

// madeOf returns the first item that an item is derived from, such as a tile
// of a grid.
func madeOf(meta []byte, item int) (from int, ok bool) {
	iref := box(meta, "iref")
	wide := version(iref) > 0
	for kind, data := range boxes(fullBox(iref)) {
		n, size := id(data, 0, wide)
		if kind != "dimg" || n != item || big16(data, size) == 0 || len(data) < 2*size+2 {
			continue
		}
		from, _ = id(data, size+2, wide)
		return from, true
	}
	return 0, false
}

// itemData returns the first extent of an item's data (iloc, ISO/IEC
// 14496-12, 8.11.3), nil if it is in another file or past the end.
func itemData(file, meta []byte, item int) []byte {
	iloc := box(meta, "iloc")
	v := version(iloc)
	sizes := big16(iloc, 4)
	offset, length, base, index := sizes>>12, sizes>>8&15, sizes>>4&15, sizes&15
	if v == 0 {
		index = 0
	}
	count, size := id(iloc, 6, v > 1)
	at := 6 + size
	for range count {
		if at >= len(iloc) {
			break
		}
		n, size := id(iloc, at, v > 1)
		at += size
		method := 0
		if v > 0 {
			method = big16(iloc, at) & 15
			at += 2
		}
		elsewhere := big16(iloc, at) != 0
		start := sized(iloc, at+2, base)
		at += 2 + base
		pieces := big16(iloc, at)
		at += 2
		if n != item {
			at += pieces * (index + offset + length)
			continue
		}
		if elsewhere || pieces == 0 {
			return nil
		}
		start += sized(iloc, at+index, offset)
		end := sized(iloc, at+index+offset, length)
		switch method {
		case 0:
			return piece(file, start, end)
		case 1:
			return piece(box(meta, "idat"), start, end)
		}
		return nil
	}
	return nil
}

// sized returns a number of 0, 4 or 8 bytes.
func sized(data []byte, at, size int) uint64 {
	switch size {
	case 4:
		return uint64(big32(data, at))
	case 8:
		return uint64(big32(data, at))<<32 | uint64(big32(data, at+4))
	}
	return 0
}

// piece returns length bytes from an offset, truncated at the end; a length
// of 0 means all.
func piece(data []byte, start, length uint64) []byte {
	if start >= uint64(len(data)) {
		return nil
	}
	data = data[start:]
	if length > 0 && length < uint64(len(data)) {
		data = data[:length]
	}
	return data
}
