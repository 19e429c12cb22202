package iptc

import (
	"bytes"
	"encoding/binary"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func set(record, number byte, text string) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0x1c, record, number}, uint16(len(text)))
	return append(b, text...)
}

func resource(number uint16, name, data string) []byte {
	b := binary.BigEndian.AppendUint16([]byte("8BIM"), number)
	b = append(append(b, byte(len(name))), name...)
	if len(name)%2 == 0 {
		b = append(b, 0)
	}
	b = append(binary.BigEndian.AppendUint32(b, uint32(len(data))), data...)
	if len(data)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

var sample = join(
	set(1, 90, utf8Characters), set(2, 0, "\x00\x04"), set(2, 5, "A lake"), set(2, 25, "lake"), set(2, 25, "blue"),
	set(2, 80, "Ann"), set(2, 80, "Bob"), set(2, 110, "Agency"), set(2, 115, "Source"), set(2, 116, "© Ann"),
	set(2, 125, "a rasterized caption"), set(2, 131, "L"), set(2, 202, "a preview"), set(8, 10, "an object"),
)

func TestKeep(t *testing.T) {
	want := join(
		set(1, 90, utf8Characters), set(2, 0, "\x00\x04"), set(2, 5, "A lake"), set(2, 25, "lake"), set(2, 25, "blue"),
		set(2, 80, "Ann"), set(2, 80, "Bob"), set(2, 110, "Agency"), set(2, 115, "Source"), set(2, 116, "© Ann"),
	)
	photoshop := join([]byte("Photoshop 3.0\x00"), resource(1036, "", "a thumbnail"), resource(0x0404, "odd", string(sample)), resource(1033, "", "old"))
	var swapped []byte // numbers of 4 bytes, in the other order
	for n := 0; n < len(sample); n += 4 {
		for i := 3; i >= 0; i-- {
			swapped = append(swapped, append(slices.Clone(sample), 0, 0, 0)[n+i])
		}
	}
	for name, block := range map[string][]byte{"IIM": sample, "swapped": swapped, "Photoshop": photoshop, "alone": Resources(sample)} {
		if got := Keep(block); !bytes.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := Keep(Resources(want)); !bytes.Equal(got, want) {
		t.Errorf("again: %q", got)
	}
}

func TestCredited(t *testing.T) {
	want := Credit{Creators: []string{"Ann", "Bob"}, Rights: "© Ann", Credit: "Agency", Publisher: "Source"}
	if got := Credited(sample); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Credited(New(want)); !reflect.DeepEqual(got, want) {
		t.Errorf("written: %+v", got)
	}
	if got := New(Credit{}); got != nil {
		t.Errorf("of nothing: %q", got)
	}
	// Without a word about characters.
	for raw, rights := range map[string]string{"\xa9 Ann": "© Ann", "© Ann": "© Ann"} {
		if got := Credited(set(2, 116, raw)).Rights; got != rights {
			t.Errorf("%q is %q", raw, got)
		}
	}
}

func TestKeepHostile(t *testing.T) {
	ps := []byte("Photoshop 3.0\x00")
	for name, block := range map[string][]byte{
		"nothing":            nil,
		"no IIM":             []byte("hello"),
		"cut off":            set(2, 80, "Ann")[:7],
		"an extended length": append([]byte{0x1c, 2, 80, 0x80, 4, 0, 0, 0, 1}, "Ann"...),
		"only characters":    set(1, 90, utf8Characters),
		"no resources":       ps,
		"a cut resource":     join(ps, resource(0x0404, "", string(sample))[:20]),
		"a huge resource":    join(ps, []byte("8BIM\x04\x04\x00\x00\xff\xff\xff\xff")),
		"a huge name":        join(ps, []byte("8BIM\x04\x04\xff\x00\x00\x00\x00\x01a")),
	} {
		if got := Keep(block); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	long := bytes.Repeat(set(2, 25, strings.Repeat("x", 30_000)), 3)
	if got := Keep(long); len(got) != 30_005 {
		t.Errorf("%d bytes", len(got))
	}
}

func FuzzKeep(f *testing.F) {
	f.Add(sample)
	f.Add(Resources(sample))
	f.Fuzz(func(t *testing.T, b []byte) {
		kept := Keep(b)
		if len(kept) > mostBytes {
			t.Errorf("%d bytes", len(kept))
		}
		if again := Keep(Resources(kept)); !bytes.Equal(again, kept) {
			t.Errorf("kept twice:\n%q\n%q", again, kept)
		}
		Credited(b)
	})
}
