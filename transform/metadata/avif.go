package metadata

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/caddy-images/caddy-images/transform/exif"
)

// intoAVIF adds items that describe the image (ISO/IEC 23008-12, annex A):
// names in iinf, positions in iloc, references in iref, and data at the end.
// As the box meta grows, positions after it are adjusted. An Exif item of the
// encoder is given new data.
func (b Blocks) intoAVIF(file []byte) ([]byte, error) {
	top, err := boxes(file)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(top, func(b box) bool { return b.name == "meta" })
	if at < 0 || len(top[at].data) < 4 {
		return nil, errForm
	}
	m := meta{}
	if err := m.read(top[at].data); err != nil {
		return nil, err
	}
	if len(b.EXIF) > 0 {
		// The first four bytes are the offset of the TIFF header (annex
		// A.2.1).
		data := append([]byte("\x00\x00\x00\x06"+exif.Prefix), b.EXIF...)
		m.put("Exif", "", data)
	}
	if len(b.XMP) > 0 {
		m.put("mime", "application/rdf+xml\x00", unwrapped(b.XMP))
	}
	// The size of the box does not depend on the offsets in it.
	before, after := len(top[at].data), len(m.bytes(0, 0))
	end := len(file) + after - before
	grown := m.bytes(uint64(top[at].end), uint64(end))
	var out []byte
	for i, b := range top {
		if i == at {
			out = appendBox(out, "meta", grown)
		} else {
			out = append(out, file[b.start:b.end]...)
		}
	}
	if len(out) != end {
		return nil, errForm // a box does not survive a round trip
	}
	var data []byte
	for _, item := range m.added {
		data = append(data, item.data...)
	}
	return appendBox(out, "mdat", data), nil
}

// unwrapped returns a packet of XMP without its wrapper: items have a length
// of their own, and libvips recognises the packet by its first element.
func unwrapped(packet []byte) []byte {
	const end = "</x:xmpmeta>"
	first, last := bytes.Index(packet, []byte("<x:xmpmeta")), bytes.LastIndex(packet, []byte(end))
	if first < 0 || last < first {
		return packet
	}
	return packet[first : last+len(end)]
}

// box is a box of ISO base media (ISO/IEC 14496-12, section 4.2).
type box struct {
	name       string
	data       []byte
	start, end int // in the enclosing data
}

const boxHeader = 8

// boxes splits a sequence of boxes with plain sizes.
func boxes(data []byte) (all []box, err error) {
	for at := 0; at < len(data); {
		if len(data)-at < boxHeader {
			return nil, errForm
		}
		size := uint64(binary.BigEndian.Uint32(data[at:]))
		if size < boxHeader || size > uint64(len(data)-at) {
			return nil, errForm
		}
		end := at + int(size)
		all = append(all, box{string(data[at+4 : at+boxHeader]), data[at+boxHeader : end], at, end})
		at = end
	}
	return all, nil
}

func appendBox(out []byte, name string, data []byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(boxHeader+len(data)))
	return append(append(out, name...), data...)
}

// meta is the box of that name for an image with one primary item.
type meta struct {
	head     []byte // version and flags
	children []box
	primary  uint16
	places   places
	infos    []byte // of iinf, after the count
	count    uint16 // of entries in infos
	refs     []byte // of iref, after version and flags
	last     uint16 // the largest item number
	exif     uint16 // an existing Exif item, 0 for none
	added    []addition
}

// addition is an added item and its data.
type addition struct {
	id   uint16
	data []byte
}

func (m *meta) read(data []byte) (err error) {
	m.head = data[:4]
	if m.children, err = boxes(data[4:]); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, c := range m.children {
		if seen[c.name] {
			return errForm
		}
		seen[c.name] = true
		if slices.Contains([]string{"pitm", "iinf", "iref"}, c.name) && (len(c.data) < 6 && c.name != "iref" || len(c.data) < 4 || c.data[0] != 0) {
			return errForm // 32-bit numbers, which no still image needs
		}
		switch c.name {
		case "pitm":
			m.primary = binary.BigEndian.Uint16(c.data[4:])
		case "iinf":
			m.count, m.infos = binary.BigEndian.Uint16(c.data[4:]), c.data[6:]
			if err := m.readInfos(); err != nil {
				return err
			}
		case "iref":
			m.refs = c.data[4:]
		case "iloc":
			if m.places, err = readPlaces(c.data); err != nil {
				return err
			}
		}
	}
	if !seen["pitm"] || !seen["iinf"] || !seen["iloc"] {
		return errForm
	}
	for _, p := range m.places.items {
		m.last = max(m.last, p.id)
	}
	return nil
}

func (m *meta) readInfos() error {
	infos, err := boxes(m.infos)
	if err != nil || len(infos) != int(m.count) {
		return errForm
	}
	for _, i := range infos {
		if i.name != "infe" || len(i.data) < 12 || i.data[0] != 2 {
			return errForm
		}
		id := binary.BigEndian.Uint16(i.data[4:])
		m.last = max(m.last, id)
		if string(i.data[8:12]) == "Exif" {
			m.exif = id
		}
	}
	return nil
}

// put adds an item, or replaces the data of the existing Exif item.
func (m *meta) put(kind, contentType string, data []byte) {
	if kind == "Exif" && m.exif != 0 {
		m.places.remove(m.exif)
		m.added = append(m.added, addition{m.exif, data})
		return
	}
	m.last++
	info := []byte{2, 0, 0, 1} // version 2, hidden
	info = binary.BigEndian.AppendUint16(info, m.last)
	info = append(append(info, 0, 0), kind...) // not protected
	info = append(append(info, 0), contentType...)
	m.infos, m.count = appendBox(slices.Clone(m.infos), "infe", info), m.count+1
	ref := binary.BigEndian.AppendUint16(nil, m.last)
	ref = binary.BigEndian.AppendUint16(append(ref, 0, 1), m.primary)
	m.refs = appendBox(slices.Clone(m.refs), "cdsc", ref)
	m.added = append(m.added, addition{m.last, data})
}

// bytes returns the content of the box. Positions from from on move by the
// growth of the box, and the data of added items are in a box that begins at
// end.
func (m *meta) bytes(from, end uint64) []byte {
	places := m.places
	places.items = slices.Clone(places.items)
	at := end + boxHeader
	for _, a := range m.added {
		places.items = append(places.items, place{id: a.id, extents: []extent{{offset: at, length: uint64(len(a.data))}}, isNew: true})
		at += uint64(len(a.data))
	}
	var grown []byte
	for _, growth := range []uint64{0, 1} {
		var by uint64
		if growth == 1 {
			by = uint64(len(grown)) - m.size()
		}
		grown = append([]byte(nil), m.head...)
		hasRefs := false
		for _, c := range m.children {
			switch c.name {
			case "iinf":
				grown = appendBox(grown, "iinf", append(binary.BigEndian.AppendUint16([]byte{0, 0, 0, 0}, m.count), m.infos...))
			case "iloc":
				grown = appendBox(grown, "iloc", places.bytes(from, by))
			case "iref":
				hasRefs = true
				grown = appendBox(grown, "iref", append([]byte{0, 0, 0, 0}, m.refs...))
			default:
				grown = appendBox(grown, c.name, c.data)
			}
		}
		if !hasRefs && len(m.refs) > 0 {
			grown = appendBox(grown, "iref", append([]byte{0, 0, 0, 0}, m.refs...))
		}
	}
	return grown
}

// size returns the length of the original box.
func (m *meta) size() uint64 {
	size := uint64(len(m.head))
	for _, c := range m.children {
		size += uint64(c.end - c.start)
	}
	return size
}
