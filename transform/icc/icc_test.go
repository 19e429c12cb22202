package icc

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/caddy-images/caddy-images/transform"
)

// tag is one of a profile.
type tag struct {
	name string
	data []byte
}

// profile has a header of zeros except for the signature.
func profile(tags ...tag) []byte {
	b := make([]byte, tagTable)
	copy(b[signature:], "acsp")
	b = binary.BigEndian.AppendUint32(b, uint32(len(tags)))
	at := len(b) + len(tags)*tagEntry
	for _, t := range tags {
		b = binary.BigEndian.AppendUint32(append(b, t.name...), uint32(at))
		b = binary.BigEndian.AppendUint32(b, uint32(len(t.data)))
		at += len(t.data)
	}
	for _, t := range tags {
		b = append(b, t.data...)
	}
	return b
}

func plain(s string) []byte { return []byte("text\x00\x00\x00\x00" + s + "\x00") }

// described returns the type of a description before version 4.
func described(s string) []byte {
	b := binary.BigEndian.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s)+1))
	return append(b, s+"\x00more of it in other scripts"...)
}

// local has texts by their language, "de", "text" and so on.
func local(pairs ...string) []byte {
	b := binary.BigEndian.AppendUint32([]byte("mluc\x00\x00\x00\x00"), uint32(len(pairs)/2))
	b = binary.BigEndian.AppendUint32(b, 12)
	var all []byte
	for n := 0; n < len(pairs); n += 2 {
		var text []byte
		for _, u := range utf16.Encode([]rune(pairs[n+1])) {
			text = binary.BigEndian.AppendUint16(text, u)
		}
		b = binary.BigEndian.AppendUint32(append(b, pairs[n]+"XX"...), uint32(len(text)))
		b = binary.BigEndian.AppendUint32(b, uint32(16+len(pairs)/2*12+len(all)))
		all = append(all, text...)
	}
	return append(b, all...)
}

func TestRead(t *testing.T) {
	for name, tt := range map[string]struct {
		file []byte
		want transform.ICC
	}{
		"version 2": {
			profile(tag{"cprt", plain("public")}, tag{"wtpt", make([]byte, 20)}, tag{"desc", described("sRGB IEC61966-2.1")}, tag{"dmnd", described("IEC")}, tag{"dmdd", described("61966-2.1")}),
			transform.ICC{Description: "sRGB IEC61966-2.1", Copyright: "public", Manufacturer: "IEC", Model: "61966-2.1"},
		},
		"version 4": {
			profile(tag{"desc", local("de", "Anzeige", "en", "Display P3")}, tag{"cprt", local("fr", "© Pomme")}),
			transform.ICC{Description: "Display P3", Copyright: "© Pomme"},
		},
		"no texts": {profile(), transform.ICC{}},
	} {
		if got := Read(tt.file); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
}

func TestReadHostile(t *testing.T) {
	huge := profile(tag{"desc", described("x")})
	binary.BigEndian.PutUint32(huge[tagTable:], math.MaxUint32)
	if got := Read(huge).Description; got != "x" {
		t.Errorf("many tags announced: %q", got)
	}
	far := profile(tag{"desc", described("x")})
	binary.BigEndian.PutUint32(far[tagTable+8:], math.MaxUint32)
	records := local("en", "x")
	binary.BigEndian.PutUint32(records[8:], math.MaxUint32)
	binary.BigEndian.PutUint32(records[16+8:], math.MaxUint32)
	for name, file := range map[string][]byte{
		"nothing":         nil,
		"a header":        profile()[:tagTable],
		"no profile":      make([]byte, 200),
		"far away":        far,
		"a cut table":     profile(tag{"desc", plain("x")})[:tagTable+9],
		"an unknown type": profile(tag{"desc", []byte("vcgt\x00\x00\x00\x00abcd")}),
		"a short text":    profile(tag{"desc", []byte("tex")}),
		"far records":     profile(tag{"desc", records}),
	} {
		if got := Read(file); got != (transform.ICC{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := Read(profile(tag{"cprt", plain(strings.Repeat("x", 1<<20))})).Copyright; len(got) > mostBytes {
		t.Errorf("a text of %d bytes", len(got))
	}
}

func FuzzRead(f *testing.F) {
	f.Add(profile(tag{"cprt", plain("public")}, tag{"desc", described("sRGB")}))
	f.Add(profile(tag{"desc", local("de", "Anzeige", "en", "Display P3")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		got := Read(b)
		for _, s := range []string{got.Description, got.Copyright, got.Manufacturer, got.Model} {
			if len(s) > 3*mostBytes { // two bytes become three
				t.Errorf("%d bytes", len(s))
			}
		}
	})
}
