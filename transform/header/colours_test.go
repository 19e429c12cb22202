package header_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// summed returns a chunk of a PNG with its checksum.
func summed(kind, content string) string {
	sum := crc32.ChecksumIEEE([]byte(kind + content))
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(content)))) + kind + content + string(binary.BigEndian.AppendUint32(nil, sum))
}

// numbers are of 32 bits each.
func numbers(v ...uint32) string {
	var b []byte
	for _, n := range v {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(b)
}

// withChunks puts chunks behind a PNG's header.
func withChunks(file []byte, chunks ...string) []byte {
	const behind = 8 + 25
	b := append([]byte{}, file[:behind]...)
	for _, c := range chunks {
		b = append(b, c...)
	}
	return append(b, file[behind:]...)
}

func TestColoursOfPNG(t *testing.T) {
	plain := goPNG(t, image.NewNRGBA(image.Rect(0, 0, 4, 4)))
	p3 := summed("cICP", "\x0c\x0d\x00\x01")
	gamma := summed("gAMA", numbers(55556))
	chroma := summed("cHRM", numbers(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
	chromaticities := [8]float64{0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06}
	for name, tt := range map[string]struct {
		chunks []string
		want   header.Colours
	}{
		"nothing":                    {nil, header.Colours{}},
		"sRGB":                       {[]string{summed("sRGB", "\x00")}, header.Colours{}},
		"sRGB of an unknown intent":  {[]string{summed("sRGB", "\x04"), gamma}, header.Colours{Gamma: 0.55556}},
		"gAMA":                       {[]string{gamma}, header.Colours{Gamma: 0.55556}},
		"gAMA of 0":                  {[]string{summed("gAMA", numbers(0))}, header.Colours{}},
		"gAMA too long":              {[]string{summed("gAMA", numbers(45455, 1))}, header.Colours{}},
		"gAMA too large":             {[]string{summed("gAMA", numbers(1<<31))}, header.Colours{}},
		"gAMA twice":                 {[]string{gamma, summed("gAMA", numbers(45455))}, header.Colours{Gamma: 0.55556}},
		"gAMA of a wrong sum":        {[]string{chunk("gAMA", numbers(55556))}, header.Colours{}},
		"cHRM":                       {[]string{chroma}, header.Colours{Chromaticities: chromaticities}},
		"gAMA and cHRM":              {[]string{gamma, chroma}, header.Colours{Gamma: 0.55556, Chromaticities: chromaticities}},
		"sRGB over gAMA and cHRM":    {[]string{gamma, chroma, summed("sRGB", "\x01")}, header.Colours{}},
		"cICP":                       {[]string{p3}, header.Colours{Primaries: 12, Transfer: 13, Prevails: true}},
		"cICP over sRGB":             {[]string{summed("sRGB", "\x00"), gamma, p3}, header.Colours{Primaries: 12, Transfer: 13, Prevails: true}},
		"cICP that says sRGB":        {[]string{chroma, summed("cICP", "\x01\x0d\x00\x01")}, header.Colours{Primaries: 1, Transfer: 13, Prevails: true}},
		"cICP of video":              {[]string{summed("cICP", "\x09\x10\x00\x00")}, header.Colours{Primaries: 9, Transfer: 16, Narrow: true, Prevails: true}},
		"cICP with a matrix":         {[]string{summed("cICP", "\x0c\x0d\x01\x01"), gamma}, header.Colours{Gamma: 0.55556}},
		"cICP of reserved primaries": {[]string{summed("cICP", "\x03\x0d\x00\x01"), gamma}, header.Colours{Gamma: 0.55556}},
		"cICP of a reserved curve":   {[]string{summed("cICP", "\x0c\x13\x00\x01"), gamma}, header.Colours{Gamma: 0.55556}},
		"cICP of a reserved range":   {[]string{summed("cICP", "\x0c\x0d\x00\x02")}, header.Colours{}},
		"cICP that says nothing":     {[]string{summed("cICP", "\x02\x02\x00\x01"), gamma}, header.Colours{Gamma: 0.55556}},
		"cICP cut off":               {[]string{summed("cICP", "\x0c\x0d\x00"), gamma}, header.Colours{Gamma: 0.55556}},
		"cLLI":                       {[]string{summed("cICP", "\x09\x10\x00\x01"), summed("cLLI", numbers(4_000_0000, 400_0000))}, header.Colours{Primaries: 9, Transfer: 16, MaxCLL: 4000, Prevails: true}},
		"cLLi":                       {[]string{summed("cLLi", numbers(500_0000, 0)), summed("cICP", "\x09\x10\x00\x01")}, header.Colours{Primaries: 9, Transfer: 16, MaxCLL: 500, Prevails: true}},
		"behind the palette":         {[]string{summed("PLTE", "\x00\x00\x00"), p3}, header.Colours{}},
		"longer than the file":       {[]string{numbers(1<<31-1) + "gAMA"}, header.Colours{}},
	} {
		if got := header.ColoursOf(withChunks(plain, tt.chunks...), sniff.PNG); got != tt.want {
			t.Errorf("%s: %+v, want %+v", name, got, tt.want)
		}
	}
	if got := header.ColoursOf(withChunks(plain, p3), sniff.JPEG); got != (header.Colours{}) {
		t.Errorf("of another format: %+v", got)
	}
}

// A palette comes between colour descriptions and the pixels.
func TestColoursOfPalette(t *testing.T) {
	i := image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White})
	got := header.ColoursOf(withChunks(goPNG(t, i), summed("cICP", "\x0c\x0d\x00\x01")), sniff.PNG)
	if got.Primaries != 12 {
		t.Errorf("%+v", got)
	}
}

// nclx returns a property with code points.
func nclx(primaries, transfer byte) string {
	return heifBox("colr", "nclx", "\x00"+string(primaries), "\x00"+string(transfer), "\x00\x06\x80")
}

// association returns a row of ipma: an item and its properties.
func association(item byte, properties ...byte) string {
	return string([]byte{0, item, byte(len(properties))}) + string(properties)
}

// items returns a HEIF whose primary item is 2.
func items(properties, associations []string, more ...string) []byte {
	ipma := heifBox("ipma", append([]string{numbers(0, uint32(len(associations)))}, associations...)...)
	meta := append([]string{numbers(0), heifBox("hdlr", "pict"), heifBox("pitm", numbers(0), "\x00\x02")}, more...)
	meta = append(meta, heifBox("iprp", heifBox("ipco", properties...), ipma))
	return []byte(heifBox("ftyp", "avif", numbers(0), "mif1") + heifBox("meta", meta...))
}

// sequence is the header of an AV1 stream of Display P3, reduced as for a
// still image.
const sequence = "\x12\x00\x0a\x09\x38\x15\x7f\xfd\x84\x30\x34\x1a\x40"

func TestColoursOfHEIF(t *testing.T) {
	p3 := header.Colours{Primaries: 12, Transfer: 13}
	size, av1 := ispe(8, 8), heifBox("av1C", "\x81\x20\x00\x00")
	located := func(data string) []byte {
		file := items([]string{size, av1}, []string{association(2, 1, 0x82)}, heifBox("iloc", numbers(0), "\x44\x40\x00\x01",
			"\x00\x02\x00\x00", "OFFS", "\x00\x01", numbers(0, uint32(len(data)))))
		at := len(file) + 8
		return []byte(replaced(string(file), "OFFS", numbers(uint32(at))) + heifBox("mdat", data))
	}
	inside := func(data string) []byte {
		return items([]string{size, av1}, []string{association(2, 1, 2)}, heifBox("idat", "....", data),
			heifBox("iloc", "\x01\x00\x00\x00", "\x44\x00\x00\x01", "\x00\x02\x00\x01\x00\x00", "\x00\x01", numbers(4, uint32(len(data)))))
	}
	grid := heifBox("iref", numbers(0), heifBox("thmb", "\x00\x03\x00\x01\x00\x02"), heifBox("dimg", "\x00\x02\x00\x02\x00\x05\x00\x06"))
	for name, tt := range map[string]struct {
		file []byte
		want header.Colours
	}{
		"nothing":             {items([]string{size}, []string{association(2, 1)}), header.Colours{}},
		"code points":         {items([]string{size, nclx(12, 13)}, []string{association(2, 1, 0x82)}), p3},
		"of another item":     {items([]string{size, nclx(12, 13), nclx(9, 16)}, []string{association(1, 1, 3), association(2, 1, 2)}), p3},
		"only of a thumbnail": {items([]string{size, nclx(12, 13)}, []string{association(1, 1, 2), association(2, 1)}), header.Colours{}},
		"reserved":            {items([]string{nclx(3, 99)}, []string{association(2, 1)}), header.Colours{Primaries: 2, Transfer: 2}},
		"with a profile":      {items([]string{heifBox("colr", "prof", "not one"), nclx(12, 13)}, []string{association(2, 1, 2)}), p3},
		"with light":          {items([]string{nclx(9, 16), heifBox("clli", "\x0f\xa0\x01\x90")}, []string{association(2, 1, 2)}), header.Colours{Primaries: 9, Transfer: 16, MaxCLL: 4000}},
		"of a grid's tile":    {items([]string{size, nclx(12, 13)}, []string{association(2, 1), association(5, 2)}, grid), p3},
		"of a grid":           {items([]string{nclx(12, 13), nclx(9, 16)}, []string{association(2, 1), association(5, 2)}, grid), p3},
		"in the stream":       {located(sequence), p3},
		"in the stream, idat": {inside(sequence), p3},
		"not in the stream":   {located("\x12\x00"), header.Colours{}},
		"stream cut off":      {located(sequence[:9]), header.Colours{}},
		"in av1C":             {items([]string{size, heifBox("av1C", "\x81\x20\x00\x00"+sequence[2:])}, []string{association(2, 2)}), p3},
		"without properties":  {items(nil, nil), header.Colours{}},
		"a ring of items":     {items([]string{size}, nil, heifBox("iref", numbers(0), heifBox("dimg", "\x00\x02\x00\x01\x00\x02"))), header.Colours{}},
		"no meta":             {[]byte(heifBox("ftyp", "avif")), header.Colours{}},
	} {
		for _, format := range []sniff.Format{sniff.AVIF, sniff.HEIC} {
			if got := header.ColoursOf(tt.file, format); got != tt.want {
				t.Errorf("%s: %+v, want %+v", name, got, tt.want)
			}
		}
	}
}

func replaced(s, old, with string) string {
	for i := 0; i+len(old) <= len(s); i++ {
		if s[i:i+len(old)] == old {
			return s[:i] + with + s[i+len(old):]
		}
	}
	return s
}

// The header of a stream that is not reduced: with timing, a decoder model, two operating
// points, and every tool.
func TestColoursOfSequence(t *testing.T) {
	var b bitWriter
	b.put(0, 3, 0, 1, 0, 1)                      // profile, still image, reduced
	b.put(1, 1, 1, 32, 25, 32, 1, 1, 0b00101, 5) // timing; num_ticks_per_picture_minus_1 is 4
	b.put(1, 1, 9, 5, 1, 32, 0, 10)              // a decoder model, delays of 10 bits
	b.put(1, 1, 1, 5)                            // display delays; two points
	b.put(0, 12, 5, 5, 1, 1, 3, 10, 4, 10, 0, 1, 1, 1, 7, 4)
	b.put(1, 12, 9, 5, 1, 1, 0, 1, 0, 1)                         // of a level with a tier
	b.put(9, 4, 8, 4, 639, 10, 479, 9)                           // size
	b.put(1, 1, 13, 4, 6, 3)                                     // frame ids
	b.put(5, 3, 15, 4, 1, 1, 3, 2, 0, 1, 1, 1, 0, 1, 1, 1, 6, 3) // tools
	b.put(7, 3, 1, 1, 0, 1)                                      // high bit depth, not monochrome
	b.put(1, 1, 9, 8, 16, 8, 9, 8)                               // BT.2020, PQ
	unit := b.bytes()
	stream := "\x0a" + string([]byte{byte(len(unit))}) + string(unit)
	file := items([]string{ispe(8, 8), heifBox("av1C", "\x81\x20\x00\x00"+stream)}, []string{association(2, 2)})
	if got, want := header.ColoursOf(file, sniff.AVIF), (header.Colours{Primaries: 9, Transfer: 16}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// bitWriter writes from the highest bit of a byte to its lowest.
type bitWriter []bool

// put takes values and how many bits each has.
func (b *bitWriter) put(pairs ...int) {
	for ; len(pairs) > 0; pairs = pairs[2:] {
		for n := pairs[1] - 1; n >= 0; n-- {
			*b = append(*b, pairs[0]>>n&1 == 1)
		}
	}
}

func (b bitWriter) bytes() []byte {
	out := make([]byte, (len(b)+7)/8)
	for n, set := range b {
		if set {
			out[n/8] |= 0x80 >> (n % 8)
		}
	}
	return out
}

func FuzzColoursOf(f *testing.F) {
	plain := goPNG(f, image.NewGray(image.Rect(0, 0, 2, 2)))
	f.Add(withChunks(plain, summed("cICP", "\x0c\x0d\x00\x01"), summed("cLLI", numbers(1, 2))))
	f.Add(withChunks(plain, summed("gAMA", numbers(45455)), summed("cHRM", numbers(1, 2, 3, 4, 5, 6, 7, 8))))
	f.Add(items([]string{ispe(8, 8), nclx(12, 13), heifBox("av1C", "\x81\x20\x00\x00"+sequence)}, []string{association(2, 1, 3)},
		heifBox("iloc", numbers(0), "\x44\x40\x00\x01", "\x00\x02\x00\x00", numbers(0), "\x00\x01", numbers(0, 99)),
		heifBox("iref", numbers(0), heifBox("dimg", "\x00\x02\x00\x02\x00\x05\x00\x06"))))
	f.Fuzz(func(t *testing.T, file []byte) {
		header.HiddenProfile(file)
		for _, format := range []sniff.Format{sniff.PNG, sniff.AVIF} {
			c := header.ColoursOf(file, format)
			if c.Gamma < 0 || c.MaxCLL < 0 || c.Primaries > 22 || c.Transfer > 18 {
				t.Errorf("%+v", c)
			}
		}
	})
}

// libpng ignores a profile after sRGB.
func TestHiddenProfile(t *testing.T) {
	plain := goPNG(t, image.NewNRGBA(image.Rect(0, 0, 4, 4)))
	profile := func(space string, length int) []byte {
		p := make([]byte, length)
		binary.BigEndian.PutUint32(p, uint32(length))
		copy(p[16:], space)
		copy(p[36:], "acsp")
		return p
	}
	packed := func(p []byte) string {
		return string(encoded(t, func(b *bytes.Buffer) error {
			b.WriteString("a name\x00\x00")
			w := zlib.NewWriter(b)
			if _, err := w.Write(p); err != nil {
				return err
			}
			return w.Close()
		}))
	}
	sRGB, good := summed("sRGB", "\x00"), packed(profile("RGB ", 200))
	for name, tt := range map[string]struct {
		chunks []string
		want   int
	}{
		"behind sRGB":       {[]string{sRGB, summed("iCCP", good)}, 200},
		"before sRGB":       {[]string{summed("iCCP", good), sRGB}, 0},
		"alone":             {[]string{summed("iCCP", good)}, 0},
		"none":              {[]string{sRGB}, 0},
		"of gray":           {[]string{sRGB, summed("iCCP", packed(profile("GRAY", 200)))}, 0},
		"no profile":        {[]string{sRGB, summed("iCCP", packed(make([]byte, 200)))}, 0},
		"short":             {[]string{sRGB, summed("iCCP", packed(profile("RGB ", 200)[:90]))}, 0},
		"of a wrong length": {[]string{sRGB, summed("iCCP", packed(profile("RGB ", 200)[:199]))}, 0},
		"too large":         {[]string{sRGB, summed("iCCP", packed(profile("RGB ", 5<<20)))}, 0},
		"not packed":        {[]string{sRGB, summed("iCCP", "a name\x00\x00acsp")}, 0},
		"without a name":    {[]string{sRGB, summed("iCCP", good[6:])}, 200},
		"of one byte":       {[]string{sRGB, summed("iCCP", "\x00")}, 0},
		"cut off":           {[]string{sRGB, summed("iCCP", good[:len(good)-9])}, 0},
	} {
		if got := len(header.HiddenProfile(withChunks(plain, tt.chunks...))); got != tt.want {
			t.Errorf("%s: %d bytes, want %d", name, got, tt.want)
		}
	}
}
