package exif

import (
	"encoding/binary"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

// entry is one of a directory, its value in the order of bytes of the block.
type entry struct {
	tag, kind uint16
	count     int
	data      []byte
	below     []entry // a directory that the tag says the place of, instead of data
}

// block builds an EXIF block: the first directory at 8, values and further ones behind.
func block(order binary.AppendByteOrder, entries ...entry) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	return directory(order, order.AppendUint32(b, 8), entries)
}

func directory(order binary.AppendByteOrder, b []byte, entries []entry) []byte {
	at := len(b)
	b = append(b, make([]byte, 2+12*len(entries)+4)...)
	head := order.AppendUint16(nil, uint16(len(entries)))
	for _, e := range entries {
		place := order.AppendUint32(nil, uint32(len(b)))
		switch {
		case e.below != nil:
			b = directory(order, b, e.below)
		case len(e.data) <= 4:
			place = append(append([]byte{}, e.data...), make([]byte, 4-len(e.data))...)
		default:
			b = append(b, e.data...)
		}
		head = order.AppendUint16(order.AppendUint16(head, e.tag), e.kind)
		head = append(order.AppendUint32(head, uint32(e.count)), place...)
	}
	copy(b[at:], head)
	return b
}

func ascii(tag uint16, s string) entry {
	return entry{tag, typeASCII, len(s) + 1, []byte(s + "\x00"), nil}
}

// sample has one tag of each kind, those of a camera's file.
func sample(order binary.AppendByteOrder) []byte {
	longs := func(v ...uint32) (b []byte) {
		for _, n := range v {
			b = order.AppendUint32(b, n)
		}
		return b
	}
	shorts := func(v ...uint16) (b []byte) {
		for _, n := range v {
			b = order.AppendUint16(b, n)
		}
		return b
	}
	return block(order,
		ascii(0x10f, "Apple"),
		entry{0x112, typeShort, 1, shorts(6), nil},
		entry{0x11a, typeRational, 1, longs(72, 1), nil},
		ascii(0x131, "10.3"),
		ascii(0x9999, "a tag of nobody"),
		entry{tagXPTitle, typeByte, 6, []byte("H\x00i\x00\x00\x00"), nil},
		entry{tagExif, typeLong, 1, nil, []entry{
			{0x9000, typeUndefined, 4, []byte("0221"), nil},
			{0x9101, typeUndefined, 4, []byte{1, 2, 3, 0}, nil},
			{0x9202, typeRational, 1, longs(2159, 1273), nil},
			{0x9204, typeSRational, 1, longs(math.MaxUint32, 3), nil},
			{0x9214, typeShort, 4, shorts(2015, 1511, 2217, 1330), nil},
			{0xa002, typeLong, 1, longs(4032), nil},
			{0xa301, typeUndefined, 1, []byte{1}, nil},
			{0x927c, typeUndefined, 5, []byte("maker"), nil},
			{tagUserComment, typeUndefined, 13, []byte("ASCII\x00\x00\x00Hello"), nil},
			{0xa500, typeFloat, 1, longs(math.Float32bits(2.25)), nil},
			{0xa401, typeSShort, 1, shorts(0xffff), nil},
			{tagInterop, typeLong, 1, nil, []entry{ascii(1, "R98")}},
		}},
		entry{tagGPS, typeLong, 1, nil, []entry{
			ascii(1, "N"),
			{2, typeRational, 3, longs(52, 1, 31, 1, 1234, 100), nil},
		}},
	)
}

func TestRead(t *testing.T) {
	number := func(s string) transform.Value { return transform.Value{Text: s, Number: true} }
	plain := func(s string) transform.Value { return transform.Value{Text: s} }
	want := map[string]transform.Value{
		"Make": plain("Apple"), "Orientation": number("6"), "XResolution": plain("72/1"), "Software": plain("10.3"), "XPTitle": plain("Hi"),
		"ExifVersion": plain("48, 50, 50, 49"), "ComponentsConfiguration": plain("1, 2, 3, 0"), "ApertureValue": plain("2159/1273"),
		"ExposureBiasValue": plain("-1/3"), "SubjectArea": plain("2015, 1511, 2217, 1330"), "ExifImageWidth": number("4032"),
		"SceneType": number("1"), "UserComment": plain("Hello"), "Gamma": plain("2.25"), "CustomRendered": number("-1"),
		"InteroperabilityIndex": plain("R98"), "GPSLatitudeRef": plain("N"), "GPSLatitude": plain("52/1, 31/1, 1234/100"),
	}
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		for _, before := range []string{"", "Exif\x00\x00"} {
			got := Read(append([]byte(before), sample(order)...))
			for _, offset := range []string{"ExifOffset", "GPSInfo", "InteroperabilityOffset"} {
				if !got[offset].Number {
					t.Errorf("%s is %+v", offset, got[offset])
				}
				delete(got, offset)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%v\ngot  %v\nwant %v", order, got, want)
			}
		}
	}
}

func TestReadTexts(t *testing.T) {
	for raw, want := range map[string]string{
		"Käse": "Käse", "K\xe4se": "Käse", "a\x00hidden": "a", "  b  ": "b",
	} {
		if got := Read(block(binary.LittleEndian, ascii(0x10e, raw)))["ImageDescription"].Text; got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
	comment := func(raw string) string {
		return Read(block(binary.BigEndian, entry{tagUserComment, typeUndefined, len(raw), []byte(raw), nil}))["UserComment"].Text
	}
	if got := comment("UNICODE\x00\x00H\x20\xac"); got != "H€" {
		t.Errorf("%q", got)
	}
	if got := comment("JIS\x00\x00\x00\x00\x00abc"); got != "" {
		t.Errorf("%q", got)
	}
}

// What a hostile file announces is not believed.
func TestReadHostile(t *testing.T) {
	le := binary.LittleEndian
	loop := block(le, entry{tagExif, typeLong, 1, []byte{8, 0, 0, 0}, nil}, ascii(0x10f, "A"))
	if got := Read(loop); got["Make"].Text != "A" {
		t.Errorf("a loop: %v", got)
	}
	for name, b := range map[string][]byte{
		"nothing":         nil,
		"a header":        []byte("II*\x00\x08\x00\x00\x00"),
		"the far end":     []byte("II*\x00\xff\xff\xff\xff"),
		"another format":  []byte("hello, this is not EXIF"),
		"many entries":    append([]byte("II*\x00\x08\x00\x00\x00\xff\xff"), make([]byte, 100)...),
		"a huge count":    block(le, entry{0x10f, typeASCII, math.MaxUint32, []byte("x\x00\x00\x00\x00"), nil})[:26],
		"far data":        block(le, entry{0x102, typeShort, 9, nil, nil}),
		"farther data":    append(block(le), 1, 0, 0x0f, 0x01, 2, 0, 9, 0, 0, 0, 0xff, 0xff, 0xff, 0xff),
		"an unknown type": block(le, entry{0x10f, 99, 1, []byte("a"), nil}),
		"type zero":       block(le, entry{0x10f, 0, 1, []byte("a"), nil}),
		"a long list":     block(le, entry{0x102, typeShort, 65, make([]byte, 130), nil}),
	} {
		if got := Read(b); len(got) > 0 {
			t.Errorf("%s: %v", name, got)
		}
	}
	long := Read(block(le, ascii(0x10f, strings.Repeat("x", 100_000))))["Make"].Text
	if len(long) > mostBytes {
		t.Errorf("a text of %d bytes", len(long))
	}
	var same []entry
	for range 10_000 {
		same = append(same, ascii(0x10f, "first"))
	}
	same[0] = ascii(0x10f, "zeroth")
	if got := Read(block(le, same...)); len(got) != 1 || got["Make"].Text != "zeroth" {
		t.Errorf("%v", got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(sample(binary.LittleEndian))
	f.Add(append([]byte("Exif\x00\x00"), sample(binary.BigEndian)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		for name, v := range Read(b) {
			if v.Text == "" || name == "" {
				t.Errorf("%q is %q", name, v.Text)
			}
		}
	})
}
