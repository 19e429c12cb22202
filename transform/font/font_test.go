package font_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/fonttest"
	"github.com/caddy-images/caddy-images/transform/font"
)

// tables returns those that a file's directory lists.
func tables(t testing.TB, file []byte) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	last := ""
	for i := range int(binary.BigEndian.Uint16(file[4:])) {
		r := file[12+16*i:]
		tag, from, length := string(r[:4]), binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])
		if tag <= last || from%4 != 0 || int(from) > len(file) || int(length) > len(file)-int(from) {
			t.Fatalf("%q after %q, %d bytes from %d of %d", tag, last, length, from, len(file))
		}
		all[tag], last = file[from:][:length], tag
	}
	return all
}

// All tables but that of names are as before.
func TestPrefix(t *testing.T) {
	file := fonttest.Squares("AB")
	prefix, err := font.Prefix(file)
	if err != nil {
		t.Fatal(err)
	}
	before, after := tables(t, file), tables(t, append(prefix, file...))
	if len(after) != len(before) {
		t.Errorf("%d tables, before %d", len(after), len(before))
	}
	for tag, was := range before {
		if tag != "name" && !slices.Equal(after[tag], was) {
			t.Errorf("%s is not what it was", tag)
		}
	}
	name := strings.ReplaceAll(string(after["name"]), "\x00", "")
	if family := font.Family(file); strings.Count(name, family) != 3 || strings.Contains(name, "Squares") {
		t.Errorf("the names are %q", name)
	}
	// 9 tables: 8 of them are the largest power of two.
	if got := prefix[4:12]; !slices.Equal(got, []byte{0, 9, 0, 128, 0, 3, 0, 16}) {
		t.Errorf("the counts are %v", got)
	}
	if font.Family(file) == font.Family(fonttest.Squares("AC")) {
		t.Error("two fonts have one name")
	}
}

func TestBadFonts(t *testing.T) {
	good := fonttest.Squares("AB")
	record := func(file []byte, tag string) []byte {
		for i := range int(binary.BigEndian.Uint16(file[4:])) {
			if r := file[12+16*i:]; string(r[:4]) == tag {
				return r
			}
		}
		panic(tag)
	}
	head := func(file []byte) []byte { return file[binary.BigEndian.Uint32(record(file, "head")[8:]):] }
	for name, tt := range map[string]struct {
		change func(file []byte) []byte
		want   string
	}{
		"empty":       {func([]byte) []byte { return nil }, "it is neither TrueType nor OpenType"},
		"woff":        {func(f []byte) []byte { return append([]byte("wOFF"), f[4:]...) }, "it is neither TrueType nor OpenType"},
		"collection":  {func(f []byte) []byte { return append([]byte("ttcf"), f[4:]...) }, "it is neither TrueType nor OpenType"},
		"header only": {func(f []byte) []byte { return f[:12] }, "it is truncated"},
		"cut":         {func(f []byte) []byte { return f[:len(f)-10] }, "it is truncated"},
		"many tables": {func(f []byte) []byte { f[4] = 1; return f }, "it has 265 tables, more than 128"},
		"far table":   {func(f []byte) []byte { copy(record(f, "post")[8:], "\xff\xff\xff\xff\xff\xff\xff\xff"); return f }, "it is truncated"},
		"twice":       {func(f []byte) []byte { copy(record(f, "post"), "glyf"); return f }, `it has the table "glyf" twice`},
		"no letters":  {func(f []byte) []byte { copy(record(f, "cmap"), "cmbp"); return f }, `it has no table "cmap"`},
		"short head":  {func(f []byte) []byte { record(f, "head")[15] = 53; return f }, `its table "head" is too short`},
		"other head":  {func(f []byte) []byte { head(f)[12]++; return f }, `its table "head" is none`},
		"no units":    {func(f []byte) []byte { copy(head(f)[18:], "\x00\x00"); return f }, "it has 0 units per em, not 16 to 16384"},
		"many units":  {func(f []byte) []byte { copy(head(f)[18:], "\x40\x01"); return f }, "it has 16385 units per em, not 16 to 16384"},
	} {
		if _, err := font.Prefix(tt.change(slices.Clone(good))); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}

// FuzzPrefix: what is taken has all its tables within the file, and the prefix is
// small however large the font says it is.
func FuzzPrefix(f *testing.F) {
	f.Add(fonttest.Squares("AB"))
	f.Add([]byte("OTTO\x00\x01"))
	f.Fuzz(func(t *testing.T, file []byte) {
		prefix, err := font.Prefix(file)
		if err != nil {
			return
		}
		if len(prefix) > 12+16*129+1000 || len(prefix)%4 != 0 || !font.Is(prefix) {
			t.Fatalf("the prefix has %d bytes", len(prefix))
		}
		whole := append(prefix, file...)
		for i := range int(binary.BigEndian.Uint16(whole[4:])) {
			r := whole[12+16*i:]
			if end := uint64(binary.BigEndian.Uint32(r[8:])) + uint64(binary.BigEndian.Uint32(r[12:])); end > uint64(len(whole)) {
				t.Fatalf("%q ends at %d of %d", r[:4], end, len(whole))
			}
		}
	})
}
