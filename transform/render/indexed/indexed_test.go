package indexed_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/transform/render/indexed"
)

// grays are so many opaque grays, as far from each other as a PNG's of that many.
func grays(n int) (g []color.NRGBA) {
	for v := range n {
		tone := uint8(v * 255 / max(n-1, 1))
		g = append(g, color.NRGBA{tone, tone, tone, 255})
	}
	return g
}

// mixed are so many colours, every third of which is not opaque.
func mixed(n int) (c []color.NRGBA) {
	for v := range n {
		c = append(c, color.NRGBA{uint8(v), uint8(v * 7), uint8(255 - v), 255})
		if v%3 == 0 {
			c[v].A = uint8(v)
		}
	}
	return c
}

// pixels returns an image that has all of the colours, as samples in four
// bands.
func pixels(colours []color.NRGBA, w, h int) []byte {
	random := rand.New(rand.NewPCG(1, uint64(len(colours))))
	samples := make([]byte, 0, 4*w*h)
	for n := range w * h {
		c := colours[random.IntN(len(colours))]
		if n < len(colours) {
			c = colours[n]
		}
		samples = append(samples, c.R, c.G, c.B, c.A)
	}
	return samples
}

// grayFile returns a PNG of rows of bytes.
func grayFile(t testing.TB, rows []byte, stride int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, &image.Gray{Pix: rows, Stride: stride, Rect: image.Rect(0, 0, stride, len(rows)/stride)}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// file writes samples in four bands with a palette.
func file(t testing.TB, p *indexed.Palette, samples []byte, w int) []byte {
	t.Helper()
	var rows []byte
	for ; len(samples) > 0; samples = samples[4*w:] {
		var ok bool
		if rows, ok = p.AppendRow(rows, samples[:4*w], 4); !ok {
			t.Fatal("a colour is not in the palette")
		}
	}
	out, ok := p.File(grayFile(t, rows, p.Stride(w)), w)
	if !ok {
		t.Fatal("no file")
	}
	return out
}

// samplesOf decodes a PNG with Go.
func samplesOf(t testing.TB, file []byte) (samples []byte, model color.Model) {
	t.Helper()
	i, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for y := range i.Bounds().Dy() {
		for x := range i.Bounds().Dx() {
			c := color.NRGBAModel.Convert(i.At(x, y)).(color.NRGBA)
			samples = append(samples, c.R, c.G, c.B, c.A)
		}
	}
	return samples, i.ColorModel()
}

// The numbers of an IHDR (PNG, third edition, section 11.2.1) are behind the signature,
// the chunk's length and its type.
func wantHeader(t testing.TB, file []byte, depth, colour byte) {
	t.Helper()
	if file[24] != depth || file[25] != colour {
		t.Errorf("depth %d, type of colour %d, want %d and %d", file[24], file[25], depth, colour)
	}
}

func TestFile(t *testing.T) {
	const gray, palette = 0, 3
	for _, test := range []struct {
		name    string
		colours []color.NRGBA
		gray    bool
		depth   byte
		colour  byte
	}{
		{"one colour", mixed(1), true, 1, palette},
		{"two colours", mixed(2), true, 1, palette},
		{"3 colours", mixed(3), true, 2, palette},
		{"4 colours", mixed(4), true, 2, palette},
		{"5 colours", mixed(5), true, 4, palette},
		{"16 colours", mixed(16), true, 4, palette},
		{"17 colours", mixed(17), true, 8, palette},
		{"256 colours", mixed(256), true, 8, palette},
		{"black and white", grays(2), true, 1, gray},
		{"black and white, with a profile", grays(2), false, 1, palette},
		{"4 grays", grays(4), true, 2, gray},
		{"16 grays", grays(16), true, 4, gray},
		{"256 grays", grays(256), true, 8, gray},
		{"256 grays, with a profile", grays(256), false, 8, palette},
		{"3 grays that 2 bits do not have", grays(3), true, 2, palette},
		{"17 grays", grays(17), true, 8, gray},
		{"a see-through gray", append(grays(3), color.NRGBA{9, 9, 9, 8}), true, 2, palette},
		{"duplicates", append(mixed(3), mixed(4)...), true, 2, palette},
	} {
		for _, width := range []int{1, 7, 8, 33} {
			t.Run(fmt.Sprint(test.name, "/", width), func(t *testing.T) {
				samples := pixels(test.colours, width, 300/width+1)
				p := indexed.New(test.colours, test.gray)
				out := file(t, p, samples, width)
				wantHeader(t, out, test.depth, test.colour)
				// Go's decoder reduces grays of few bits to 8 as we do: exactly.
				if got, _ := samplesOf(t, out); !bytes.Equal(got, samples) {
					t.Error("other pixels")
				}
				if p.Depth() != int(test.depth) {
					t.Errorf("says %d bits", p.Depth())
				}
				whole := file(t, p.Unpacked(), samples, width)
				if got, _ := samplesOf(t, whole); !bytes.Equal(got, samples) || whole[24] != 8 {
					t.Errorf("unpacked: other pixels, or %d bits", whole[24])
				}
			})
		}
	}
}

// The tRNS chunk is as long as there are colours that are not opaque.
func TestTransparencyIsShort(t *testing.T) {
	colours := mixed(30) // of which 10 are not opaque
	out := file(t, indexed.New(colours, true), pixels(colours, 30, 2), 30)
	if at := bytes.Index(out, []byte("tRNS")); at < 0 || binary.BigEndian.Uint32(out[at-4:]) != 10 {
		t.Errorf("tRNS at %d", at)
	}
	if out = file(t, indexed.New(grays(3), false), pixels(grays(3), 3, 2), 3); bytes.Contains(out, []byte("tRNS")) {
		t.Error("a tRNS of opaque colours")
	}
}

// The order in which colours are found does not matter: an entity tag stands for bytes.
func TestOrderOfColours(t *testing.T) {
	colours := mixed(40)
	want := file(t, indexed.New(colours, true), pixels(colours, 40, 5), 40)
	turned := slices.Clone(colours)
	slices.Reverse(turned)
	if got := file(t, indexed.New(turned, true), pixels(colours, 40, 5), 40); !bytes.Equal(got, want) {
		t.Error("another file")
	}
}

func TestUnknownColour(t *testing.T) {
	p := indexed.New(grays(2), true)
	if _, ok := p.AppendRow(nil, []byte{0, 0, 0, 255, 255, 255}, 3); !ok {
		t.Error("black and white are not known")
	}
	for _, samples := range [][]byte{{1, 0, 0, 255}, {0, 0, 0, 254}} {
		if _, ok := p.AppendRow(nil, samples, 4); ok {
			t.Errorf("%v is known", samples)
		}
	}
}

// rows of another width than the image's, or no gray ones, are refused.
func TestFileRefuses(t *testing.T) {
	p := indexed.New(mixed(3), true)
	rows := grayFile(t, make([]byte, 10), 2)
	if _, ok := p.File(rows, 8); !ok {
		t.Error("8 pixels of 2 bits are 2 bytes")
	}
	if _, ok := p.File(rows, 9); ok {
		t.Error("9 pixels of 2 bits in 2 bytes")
	}
	if _, ok := p.File(file(t, p, pixels(mixed(3), 2, 2), 2), 8); ok {
		t.Error("rows that are indexes")
	}
	if _, ok := p.File(rows[:20], 8); ok {
		t.Error("a file that is cut off")
	}
}

// chunksOf returns the types of a file's chunks, in order; their checksums
// must be right.
func chunksOf(t testing.TB, file []byte) (kinds []string) {
	t.Helper()
	for rest := file[8:]; len(rest) > 0; {
		n := binary.BigEndian.Uint32(rest)
		if sum := crc32.ChecksumIEEE(rest[4 : 8+n]); sum != binary.BigEndian.Uint32(rest[8+n:]) {
			t.Errorf("%s: a wrong checksum", rest[4:8])
		}
		kinds = append(kinds, string(rest[4:8]))
		rest = rest[12+n:]
	}
	return kinds
}

// with inserts chunks behind the one of a type.
func with(t testing.TB, file []byte, behind string, kinds ...string) []byte {
	t.Helper()
	at := bytes.Index(file, []byte(behind)) - 4
	if at < 0 {
		t.Fatal("no", behind)
	}
	at += 12 + int(binary.BigEndian.Uint32(file[at:]))
	out := slices.Clone(file[:at])
	for _, kind := range kinds {
		data := []byte(kind + "data of it")
		out = binary.BigEndian.AppendUint32(out, uint32(len(data)-4))
		out = binary.BigEndian.AppendUint32(append(out, data...), crc32.ChecksumIEEE(data))
	}
	return append(out, file[at:]...)
}

func TestGraft(t *testing.T) {
	colours := mixed(5)
	samples := pixels(colours, 9, 4)
	pixels := with(t, file(t, indexed.New(colours, true), samples, 9), "IHDR", "pHYs", "tEXt")
	other := with(t, grayFile(t, make([]byte, 9), 3), "IHDR", "cICP", "iCCP", "sBIT", "pHYs", "eXIf", "PLTE", "tRNS", "bKGD", "hIST")
	other = with(t, other, "IDAT", "iTXt", "tIME")
	out, ok := indexed.Graft(pixels, other)
	if !ok {
		t.Fatal("no file")
	}
	want := []string{"IHDR", "cICP", "iCCP", "pHYs", "eXIf", "PLTE", "tRNS", "IDAT", "iTXt", "tIME", "IEND"}
	if got := chunksOf(t, out); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if i, err := png.Decode(bytes.NewReader(out)); err != nil || i.Bounds() != image.Rect(0, 0, 9, 4) {
		t.Error(err)
	}
	if !indexed.HasProfile(out) || indexed.HasProfile(pixels) || !indexed.HasPalette(out) || indexed.HasPalette(other) {
		t.Error("which has what")
	}
	if _, ok := indexed.Graft(grayFile(t, make([]byte, 9), 3), other); ok {
		t.Error("a gray picture with a profile of colours")
	}
	if _, ok := indexed.Graft(pixels[:len(pixels)-12], other); ok {
		t.Error("pixels that are cut off")
	}
}

// What is broken is refused, or gives a file; nothing panics, and none of it grows.
func FuzzGraft(f *testing.F) {
	colours := mixed(5)
	whole := file(f, indexed.New(colours, true), pixels(colours, 9, 4), 9)
	rows := grayFile(f, make([]byte, 10), 2)
	f.Add(whole, with(f, rows, "IHDR", "iCCP", "tEXt"))
	f.Add(rows, whole)
	f.Add(rows[:30], whole[:40])
	f.Fuzz(func(t *testing.T, pixels, other []byte) {
		if out, ok := indexed.Graft(pixels, other); ok && len(out) > len(pixels)+len(other) {
			t.Errorf("%d bytes of %d and %d", len(out), len(pixels), len(other))
		}
		indexed.New(colours, true).File(pixels, 8)
	})
}
