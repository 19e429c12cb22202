// Package font gives an untrusted font a unique name, so that requests for
// fonts by that name get this one and no others do. It parses only what that
// requires; glyphs are parsed elsewhere, where that is safe.
package font

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Is reports whether the first bytes of a file are those of a TrueType or
// OpenType font.
func Is(file []byte) bool {
	return len(file) >= headerSize && slices.Contains(versions, string(file[:4]))
}

// versions are those of fonts with TrueType outlines, of Apple's old fonts,
// and of fonts with PostScript outlines (OpenType, "Organization of an
// OpenType font").
var versions = []string{"\x00\x01\x00\x00", "true", "OTTO"}

// Sizes at the beginning of a font, in bytes: the header, and each record of
// the table directory.
const (
	headerSize = 12
	recordSize = 16

	maxTables = 128 // OpenType knows about 60
)

// Family returns the name that [Prefix] gives a font: letters and digits.
func Family(file []byte) string {
	sum := sha256.Sum256(file)
	return "file" + hex.EncodeToString(sum[:16])
}

// Prefix returns bytes that, followed by the font, are the same font by the
// name of [Family]: a new table directory with adjusted offsets, and a name
// table. The error says what is wrong with the font.
func Prefix(file []byte) ([]byte, error) {
	tables, err := directory(file)
	if err != nil {
		return nil, err
	}
	if err := checkHead(file, tables); err != nil {
		return nil, err
	}
	tables = slices.DeleteFunc(tables, func(t table) bool { return t.tag == "name" })
	names := nameTable(Family(file))
	begin := headerSize + recordSize*(len(tables)+1)
	shift := (begin + len(names) + 3) &^ 3
	if len(file) > math.MaxInt32-shift {
		return nil, errors.New("it is larger than 2 GB")
	}
	for i := range tables {
		tables[i].offset += uint32(shift)
	}
	tables = append(tables, table{tag: "name", offset: uint32(begin), length: uint32(len(names))})
	slices.SortFunc(tables, func(a, b table) int { return strings.Compare(a.tag, b.tag) })

	prefix := make([]byte, 0, shift)
	prefix = append(prefix, file[:4]...)
	prefix = appendCounts(prefix, len(tables))
	for _, t := range tables {
		prefix = append(prefix, t.tag...)
		prefix = binary.BigEndian.AppendUint32(prefix, t.sum)
		prefix = binary.BigEndian.AppendUint32(prefix, t.offset)
		prefix = binary.BigEndian.AppendUint32(prefix, t.length)
	}
	prefix = append(prefix, names...)
	return prefix[:shift], nil
}

// table is a record of a table directory.
type table struct {
	tag                 string
	sum, offset, length uint32
}

// directory reads the table directory. All tables must lie within the file
// and be unique.
func directory(file []byte) ([]table, error) {
	if !Is(file) {
		return nil, errors.New("it is neither TrueType nor OpenType")
	}
	count := int(binary.BigEndian.Uint16(file[4:]))
	if count > maxTables {
		return nil, fmt.Errorf("it has %d tables, more than %d", count, maxTables)
	}
	if len(file) < headerSize+recordSize*count {
		return nil, errors.New("it is truncated")
	}
	var tables []table
	for i := range count {
		r := file[headerSize+recordSize*i:]
		t := table{string(r[:4]), binary.BigEndian.Uint32(r[4:]), binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])}
		if uint64(t.offset)+uint64(t.length) > uint64(len(file)) {
			return nil, errors.New("it is truncated")
		}
		if slices.ContainsFunc(tables, func(other table) bool { return other.tag == t.tag }) {
			return nil, fmt.Errorf("it has the table %q twice", t.tag)
		}
		tables = append(tables, t)
	}
	return tables, nil
}

// checkHead checks the required tables, and the constant part of head
// (OpenType, "head").
func checkHead(file []byte, tables []table) error {
	for _, tag := range []string{"cmap", "head", "hhea", "hmtx", "maxp"} {
		i := slices.IndexFunc(tables, func(t table) bool { return t.tag == tag })
		if i < 0 {
			return fmt.Errorf("it has no table %q", tag)
		}
		if tag != "head" {
			continue
		}
		const length, magic = 54, 0x5F0F3CF5
		if tables[i].length < length {
			return errors.New(`its table "head" is too short`)
		}
		head := file[tables[i].offset:]
		if binary.BigEndian.Uint32(head[12:]) != magic {
			return errors.New(`its table "head" is none`)
		}
		if units := binary.BigEndian.Uint16(head[18:]); units < 16 || units > 16384 {
			return fmt.Errorf("it has %d units per em, not 16 to 16384", units)
		}
	}
	return nil
}

// appendCounts appends the number of tables and the derived search fields:
// the largest power of two that is not greater, times sixteen, its exponent,
// and the rest.
func appendCounts(b []byte, tables int) []byte {
	power, exponent := 1, 0
	for power*2 <= tables {
		power, exponent = power*2, exponent+1
	}
	for _, v := range []int{tables, recordSize * power, exponent, recordSize * (tables - power)} {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// nameTable returns a name table with the required names for Windows in
// American English: family, style, full name and PostScript name (OpenType,
// "name").
func nameTable(family string) []byte {
	const windows, unicode, english = 3, 1, 0x409
	names := []struct {
		id   int
		name string
	}{{1, family}, {2, "Regular"}, {4, family}, {6, family}}
	var text []byte
	storage := 6 + 12*len(names)
	b := binary.BigEndian.AppendUint16(nil, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(names)))
	b = binary.BigEndian.AppendUint16(b, uint16(storage))
	for _, n := range names {
		for _, v := range []int{windows, unicode, english, n.id, 2 * len(n.name), len(text)} {
			b = binary.BigEndian.AppendUint16(b, uint16(v))
		}
		for _, letter := range []byte(n.name) {
			text = append(text, 0, letter)
		}
	}
	return append(b, text...)
}
