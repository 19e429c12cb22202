package exif

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
)

var picture = transform.Written{Format: transform.JPEG, Size: transform.Size{Width: 300, Height: 200}, Density: 96, SRGB: true}

// withThumbnail returns a block whose second directory is that of a
// thumbnail, as a camera writes it: a block with a byte for each of its parts
// that must not be in another one.
func withThumbnail(order binary.AppendByteOrder, thumbnail string, entries ...entry) []byte {
	b := block(order, entries...)
	next := 8 + 2 + 12*len(entries)
	at := len(b)
	b = directory(order, b, []entry{
		{0x201, typeLong, 1, order.AppendUint32(nil, uint32(at+2+2*12+4)), nil},
		{0x202, typeLong, 1, order.AppendUint32(nil, uint32(len(thumbnail))), nil},
	})
	copy(b[next:], order.AppendUint32(nil, uint32(at)))
	return append(b, thumbnail...)
}

func TestKeep(t *testing.T) {
	for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
		short := func(v ...uint16) (b []byte) {
			for _, n := range v {
				b = order.AppendUint16(b, n)
			}
			return b
		}
		long := func(v ...uint32) (b []byte) {
			for _, n := range v {
				b = order.AppendUint32(b, n)
			}
			return b
		}
		original := withThumbnail(order, "a thumbnail of all",
			ascii(0x010e, "A lake"),
			ascii(0x010f, "Apple"),
			entry{0x0100, typeLong, 1, long(4000), nil},
			entry{0x0112, typeShort, 1, short(6), nil},
			entry{0x011a, typeRational, 1, long(300, 1), nil},
			ascii(0x013b, "Ann"),
			ascii(0x8298, "(c) Ann"),
			ascii(0xc4a5, "a print matching table"),
			entry{tagXPTitle, typeByte, 6, []byte("H\x00i\x00\x00\x00"), nil},
			entry{tagExif, typeLong, 1, nil, []entry{
				{0x829a, typeRational, 1, long(1, 50), nil},
				{0x9101, typeUndefined, 4, []byte{1, 2, 3, 0}, nil},
				{0x9214, typeShort, 4, short(2015, 1511, 2217, 1330), nil},
				{0x927c, typeUndefined, 24, []byte("a maker's note: preview."), nil},
				{tagUserComment, typeUndefined, 14, []byte("UNICODE\x00" + string(short('H', 'u', 'h'))), nil},
				{0xa001, typeShort, 1, short(0xffff), nil},
				{0xa002, typeLong, 1, long(4000), nil},
				{0xa003, typeLong, 1, long(3000), nil},
				{tagInterop, typeLong, 1, nil, []entry{ascii(1, "R03")}},
			}},
			entry{tagGPS, typeLong, 1, nil, []entry{
				ascii(1, "N"),
				{2, typeRational, 3, long(52, 1, 31, 1, 1234, 100), nil},
			}},
		)
		want := map[string]string{
			"ImageDescription": "A lake", "Make": "Apple", "Orientation": "1", "XResolution": "96/1", "YResolution": "96/1", "ResolutionUnit": "2",
			"YCbCrPositioning": "1", "ComponentsConfiguration": "1, 2, 3, 0",
			"Artist": "Ann", "Copyright": "(c) Ann", "XPTitle": "Hi", "ExposureTime": "1/50", "UserComment": "Huh", "ColorSpace": "1",
			"ExifVersion": "48, 50, 51, 50", "FlashPixVersion": "48, 49, 48, 48", "ExifImageWidth": "300", "ExifImageLength": "200", "GPSLatitudeRef": "N", "GPSLatitude": "52/1, 31/1, 1234/100",
		}
		for _, prefix := range []string{"", Prefix} {
			kept := Keep(append([]byte(prefix), original...), picture)
			got := Read(kept)
			for _, pointer := range []string{"ExifOffset", "GPSInfo"} {
				delete(got, pointer)
			}
			for name, v := range got {
				if v.Text != want[name] {
					t.Errorf("%s is %q, want %q", name, v.Text, want[name])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d tags, want %d: %v", len(got), len(want), got)
			}
			for _, gone := range []string{"thumbnail", "maker", "table", "R03"} {
				if bytes.Contains(kept, []byte(gone)) {
					t.Errorf("%s is in it", gone)
				}
			}
			if again := Keep(kept, picture); !bytes.Equal(again, kept) {
				t.Errorf("kept twice:\n%x\n%x", again, kept)
			}
		}
		other := picture
		other.SRGB, other.Density, other.Format = false, 0, transform.WebP
		if got := Read(Keep(original, other)); got["ColorSpace"].Text != "65535" || got["XResolution"].Text != "72/1" || got["YCbCrPositioning"].Text != "" {
			t.Errorf("%v", got)
		}
	}
}

// What a hostile file announces is not believed, and what is longer than any camera
// writes it is left out.
func TestKeepHostile(t *testing.T) {
	le := binary.LittleEndian
	for name, b := range map[string][]byte{
		"nothing":        nil,
		"a header":       []byte("II*\x00\x08\x00\x00\x00"),
		"the far end":    []byte("II*\x00\xff\xff\xff\xff"),
		"another format": []byte("hello, this is not EXIF"),
		"no entries":     block(le),
	} {
		if got := Keep(b, picture); got != nil {
			t.Errorf("%s: %x", name, got)
		}
	}
	for name, b := range map[string][]byte{
		"far data":    append(block(le, ascii(0x10f, "Apple"))[:18], 0xff, 0xff, 0xff, 0xff),
		"a huge text": block(le, ascii(0x10e, strings.Repeat("x", mostText))),
		"a long list": block(le, entry{0x829a, typeRational, 65, make([]byte, 8*65), nil}),
		"a loop":      block(le, entry{tagExif, typeLong, 1, []byte{8, 0, 0, 0}, nil}),
		"no type":     block(le, entry{0x10e, 0, 1, []byte("a"), nil}),
	} {
		got := Read(Keep(b, picture))
		if got["Orientation"].Text != "1" || len(got) != 12 {
			t.Errorf("%s: %v", name, got)
		}
	}
	var texts []entry
	for _, tag := range []uint16{0x10d, 0x10e, 0x10f, 0x110, 0x131, 0x132, 0x13b, 0x13c, 0x8298} {
		texts = append(texts, ascii(tag, strings.Repeat("x", mostText-1)))
	}
	if got := Keep(block(le, texts...), picture); len(got) < mostBlock-mostText || len(got) > mostBlock+256 {
		t.Errorf("%d bytes", len(got))
	}
}

func TestCredit(t *testing.T) {
	for raw, want := range map[string]string{
		"(c) Ann": "(c) Ann", "Ann\x00Bob": "Ann; Bob", " \x00Bob": "Bob", "K\xe4the": "Käthe", "": "",
	} {
		artist, copyright := Credit(block(binary.BigEndian, ascii(tagArtist, "Ann "), ascii(tagCopyright, raw)))
		if artist != "Ann" || copyright != want {
			t.Errorf("%q is %q by %q", raw, copyright, artist)
		}
	}
	if artist, copyright := Credit(New("Käthe", "© K")); artist != "Käthe" || copyright != "© K" {
		t.Errorf("written: %q, %q", artist, copyright)
	}
	if got := Read(New("", "x")); len(got) != 1 {
		t.Errorf("%v", got)
	}
	if got := New("", ""); got != nil {
		t.Errorf("of nothing: %x", got)
	}
}

func FuzzKeep(f *testing.F) {
	f.Add(sample(binary.LittleEndian))
	f.Add(withThumbnail(binary.BigEndian, "thumbnail", ascii(0x10e, "text")))
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := Keep(b, picture)
		if len(kept) > mostBlock+512 {
			t.Errorf("%d bytes", len(kept))
		}
		if kept == nil {
			return
		}
		if got := Read(kept); got["Orientation"].Text != "1" || got["ExifImageWidth"].Text != "300" {
			t.Errorf("%v", got)
		}
		if again := Keep(kept, picture); !bytes.Equal(again, kept) {
			t.Errorf("kept twice:\n%x\n%x", again, kept)
		}
		Credit(b)
	})
}
