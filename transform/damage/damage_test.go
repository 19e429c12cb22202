package damage

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

func noise(w, h, colours int) *image.Paletted {
	r := rand.New(rand.NewPCG(3, 4))
	palette := make(color.Palette, colours)
	for n := range palette {
		palette[n] = color.NRGBA{uint8(n * 7), uint8(n * 3), uint8(n), 255}
	}
	i := image.NewPaletted(image.Rect(0, 0, w, h), palette)
	for n := range i.Pix {
		i.Pix[n] = uint8(r.IntN(colours))
	}
	return i
}

func goGIF(t testing.TB) []byte {
	t.Helper()
	animation := &gif.GIF{}
	for _, colours := range []int{256, 2, 16} { // the first fills the table of codes
		animation.Image = append(animation.Image, noise(90, 70, colours))
		animation.Delay = append(animation.Delay, 10)
		animation.Disposal = append(animation.Disposal, gif.DisposalNone)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, animation); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func goPNG(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, noise(w, h, 256)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A GIF may end where a block ends, if no frame is announced, and nowhere else.
func TestEndsOfGIF(t *testing.T) {
	file := goGIF(t)
	if found := find(t, file, sniff.GIF); found != "" {
		t.Fatalf("lacks %s", found)
	}
	fine := 0
	for n := range len(file) {
		if find(t, file[:n:n], sniff.GIF) == "" {
			fine++
			if decoded, err := gif.DecodeAll(bytes.NewReader(append(file[:n:n], gifTrailer))); err != nil || len(decoded.Image) != fine {
				t.Errorf("%d of %d bytes: lacks nothing; %v", n, len(file), err)
			}
		}
	}
	if fine != 3 {
		t.Errorf("%d places to end at, want 3", fine)
	}
	if found := find(t, append(bytes.Clone(file), "behind the end"...), sniff.GIF); found != "" {
		t.Errorf("with bytes behind its end it lacks %s", found)
	}
	if found := find(t, slices.Concat(file[:len(file)-1], []byte{0, 0, gifTrailer}), sniff.GIF); found != "" {
		t.Errorf("with empty blocks it lacks %s", found)
	}
	if find(t, slices.Concat(file[:len(file)-1], []byte("x"), []byte{gifTrailer}), sniff.GIF) == "" {
		t.Error("with something that is not a block it lacks nothing")
	}
}

// Data that end within a frame are missing, also where all blocks are there.
func TestPixelsOfGIF(t *testing.T) {
	var b bytes.Buffer
	if err := gif.Encode(&b, noise(90, 70, 256), nil); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	at := 13 + 3*256 // the image, behind the screen and its palette
	for file[at] != gifImage {
		at++
	}
	at += 10 + gifPalette(file[at+9]) + 1 // its first data block
	for blocks := 0; file[at] != 0; blocks++ {
		cut := append(bytes.Clone(file[:at]), 0, gifTrailer)
		if find(t, cut, sniff.GIF) == "" {
			t.Errorf("with %d blocks of data it lacks nothing", blocks)
		}
		at += 1 + int(file[at])
	}
	if find(t, file, sniff.GIF) != "" {
		t.Error("it lacks something as it is")
	}
}

// A PNG is whole as soon as all of its rows are there.
func TestEndsOfPNG(t *testing.T) {
	for _, file := range [][]byte{goPNG(t, 64, 48), goPNG(t, 1, 1)} {
		data := bytes.LastIndex(file, []byte("IDAT"))
		length := int(binary.BigEndian.Uint32(file[data-4:]))
		for n := range len(file) {
			found := find(t, file[:n:n], sniff.PNG)
			switch {
			case n < data+4+length-12 && found == "": // zlib's last block, which is empty, and its checksum
				t.Errorf("%d of %d bytes: lacks nothing", n, len(file))
			case n >= data+4+length && found != "":
				t.Errorf("%d of %d bytes: lacks %s", n, len(file), found)
			}
		}
		for n := data; n < data+8+length; n++ {
			flipped := bytes.Clone(file)
			flipped[n] ^= 4
			if n >= data+4 && find(t, flipped, sniff.PNG) == "" {
				t.Errorf("with another byte at %d it lacks nothing", n)
			}
		}
		text := slices.Concat(file[:33], []byte("\x00\x00\x00\x04tEXta\x00bc\x00\x00\x00\x00"), file[33:])
		if found := find(t, text, sniff.PNG); found != "" {
			t.Errorf("with a bad text it lacks %s", found)
		}
	}
}

func TestInterlacedPNG(t *testing.T) {
	for _, tt := range []struct {
		width, height uint32
		depth, kind   byte
		want          int64
	}{
		// By hand: of 8x8 the passes have 1x1, 1x1, 2x1, 2x2, 4x2, 4x4 and 8x4 pixels.
		{8, 8, 8, 0, 2 + 2 + 3 + 2*3 + 2*5 + 4*5 + 4*9},
		{1, 1, 8, 6, 5},
		{3, 2, 1, 0, 2 + 0 + 0 + 2 + 0 + 2 + 2}, // 1x1, -, -, 1x1, -, 1x1 and 3x1
	} {
		header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, tt.width), tt.height)
		header = append(header, tt.depth, tt.kind, 0, 0, 1)
		if got := pngBytes(header); got != tt.want {
			t.Errorf("%dx%d: %d bytes, want %d", tt.width, tt.height, got, tt.want)
		}
	}
}

// tiffOf has pages of one strip each, of bytes from a place on.
func tiffOf(order binary.AppendByteOrder, mark string, strips ...[2]uint32) []byte {
	file := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	for n, s := range strips {
		file = order.AppendUint16(file, 2)
		for i, tag := range []uint16{273, 279} {
			file = order.AppendUint32(order.AppendUint32(order.AppendUint16(order.AppendUint16(file, tag), 4), 1), s[i])
		}
		next := uint32(0)
		if n+1 < len(strips) {
			next = uint32(len(file) + 4)
		}
		file = order.AppendUint32(file, next)
	}
	return append(file, make([]byte, 100)...)
}

func TestStripsOfTIFF(t *testing.T) {
	for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
		for _, tt := range []struct {
			strips [][2]uint32
			fine   bool
		}{
			{[][2]uint32{{38, 100}}, true},
			{[][2]uint32{{38, 101}}, false},
			{[][2]uint32{{139, 1}}, false},
			{[][2]uint32{{1000, 0}}, true}, // nothing there is nothing missing
			{[][2]uint32{{68, 100}, {68, 100}}, true},
			{[][2]uint32{{68, 100}, {69, 100}}, false},
			{[][2]uint32{{1<<32 - 1, 1<<32 - 1}}, false},
		} {
			if found := find(t, tiffOf(order, mark, tt.strips...), sniff.TIFF); (found == "") != tt.fine {
				t.Errorf("%s %v: lacks %q", mark, tt.strips, found)
			}
		}
	}
}

func TestEndOfPDF(t *testing.T) {
	body := bytes.Repeat([]byte("1 0 obj\n"), 1000)
	for _, tt := range []struct {
		file []byte
		fine bool
	}{
		{append(bytes.Clone(body), "startxref\n12\n%%EOF\n"...), true},
		{append(bytes.Clone(body), "startxref\n12\n%%E"...), true},
		{slices.Concat(body, []byte("startxref\n12\n%%EOF\n"), make([]byte, 5000)), true},
		{slices.Concat(body, []byte("startxref\n12\n%%EOF\n"), bytes.Repeat([]byte("<p>"), 300)), true},
		{slices.Concat(body, []byte("startxref\n12\n%%EOF\n"), body), false},
		{body, false},
	} {
		if found := find(t, tt.file, sniff.PDF); (found == "") != tt.fine {
			t.Errorf("%q…: lacks %q", tt.file[len(tt.file)-20:], found)
		}
	}
}

// What is repaired lacks nothing, and has what was there.
func TestRepair(t *testing.T) {
	ctx := context.Background()
	whole := goPNG(t, 64, 48)
	for _, n := range []int{len(whole) / 3, len(whole) / 2, len(whole) - 20, len(whole)} {
		repaired := Repair(ctx, whole[:n:n], sniff.PNG, 1e6)
		if found := find(t, repaired, sniff.PNG); found != "" {
			t.Errorf("a PNG of %d bytes, repaired, lacks %s", n, found)
		}
		i, err := png.Decode(bytes.NewReader(repaired))
		if err != nil {
			t.Fatalf("a PNG of %d bytes, repaired: %v", n, err)
		}
		want := noise(64, 48, 256)
		rows := 48 * (n - 900) / len(whole) // the palette is before the rows
		for y := range max(rows-2, 0) {
			if got := i.(*image.Paletted).Pix[y*64 : y*64+64]; !bytes.Equal(got, want.Pix[y*64:y*64+64]) {
				t.Errorf("a PNG of %d bytes, repaired: row %d is another", n, y)
			}
		}
	}
	if got := Repair(ctx, whole[:600:600], sniff.PNG, 64*47); len(got) != 600 {
		t.Error("a PNG that is too large is repaired")
	}
	animation := goGIF(t)
	for n := range 3 {
		cut := len(animation) * (n + 1) / 4
		repaired := Repair(ctx, animation[:cut:cut], sniff.GIF, 1e6)
		if decoded, err := gif.DecodeAll(bytes.NewReader(repaired)); err == nil && len(decoded.Image) > 0 && find(t, repaired, sniff.GIF) != "" {
			t.Errorf("a GIF of %d bytes, repaired, lacks something", cut)
		}
	}
}

// An animated WebP keeps the frames that are all there.
func TestRepairWebP(t *testing.T) {
	chunk := func(kind string, n int) []byte {
		return append(binary.LittleEndian.AppendUint32([]byte(kind), uint32(n)), make([]byte, n+n&1)...)
	}
	file := slices.Concat([]byte("RIFF\x00\x00\x00\x00WEBP"), chunk("VP8X", 10), chunk("ANIM", 6), chunk("ANMF", 31), chunk("ANMF", 40))
	binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))
	repaired := Repair(context.Background(), file[:len(file)-1:len(file)-1], sniff.WebP, 1e6)
	if want := len(file) - 48; len(repaired) != want || binary.LittleEndian.Uint32(repaired[4:]) != uint32(want-8) {
		t.Errorf("%d bytes, want %d", len(repaired), want)
	}
	none := file[:50:50]
	if got := Repair(context.Background(), none, sniff.WebP, 1e6); !bytes.Equal(got, none) {
		t.Error("what has no frame is repaired")
	}
}
