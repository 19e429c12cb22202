package gif

import (
	"bytes"
	"image"
	"image/color"
	stdgif "image/gif"
	"testing"
)

// part is a frame of one colour.
type part struct {
	area     image.Rectangle
	disposal byte
	clear    bool // it has a transparent colour, which no pixel has
}

var all = image.Rect(0, 0, 8, 8)

// file returns an animation of 8 by 8 pixels.
func file(t testing.TB, parts ...part) []byte {
	t.Helper()
	g := &stdgif.GIF{Config: image.Config{Width: 8, Height: 8}}
	for _, p := range parts {
		colours := color.Palette{color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}}
		if p.clear {
			colours = append(colours, color.Transparent)
		}
		g.Image = append(g.Image, image.NewPaletted(p.area, colours))
		g.Delay = append(g.Delay, 7)
		g.Disposal = append(g.Disposal, p.disposal)
	}
	var b bytes.Buffer
	if err := stdgif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Which pixels no frame covers, seen by hand.
func TestUncovered(t *testing.T) {
	small, left := image.Rect(2, 2, 6, 6), image.Rect(0, 0, 4, 8)
	for _, tt := range []struct {
		name      string
		parts     []part
		uncovered bool
		clearing  int
	}{
		{"a whole frame", []part{{area: all}}, false, 0},
		{"a smaller one", []part{{area: small}}, true, 0},
		{"two halves, one after the other", []part{{area: left}, {area: image.Rect(4, 0, 8, 8)}}, true, 0},
		{"a small one on a whole one", []part{{area: all}, {area: small}}, false, 0},
		{"a whole one, cleared, and a small one", []part{{area: all, disposal: 2}, {area: small}}, true, 1},
		{"a small one, cleared", []part{{area: all}, {area: small, disposal: 2}, {area: left}}, true, 1},
		{"a small one, cleared under a whole one", []part{{area: all}, {area: small, disposal: 2}, {area: all}}, false, 0},
		{"cleared under one that is as large", []part{{area: all}, {area: small, disposal: 2}, {area: small}}, false, 0},
		{"the last one, cleared", []part{{area: all}, {area: small, disposal: 2}}, false, 0},
		{"cleared under one that is taken back", []part{{area: all}, {area: small, disposal: 2}, {area: small, disposal: 3}, {area: left}}, true, 1},
		{"taken back as old encoders say it", []part{{area: all}, {area: small, disposal: 2}, {area: small, disposal: 4}, {area: left}}, true, 1},
		{"all that are cleared once one is seen", []part{{area: left, disposal: 2}, {area: small, disposal: 2}, {area: all}}, true, 2},
		{"what is transparent clears itself", []part{{area: all, disposal: 2, clear: true}, {area: small}}, true, 0},
		{"no frame", nil, false, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := []byte("GIF89a\x08\x00\x08\x00\x00\x00\x00;")
			if tt.parts != nil {
				f = file(t, tt.parts...)
			}
			s := survey(f)
			if s.uncovered != tt.uncovered || len(s.clearing) != tt.clearing {
				t.Errorf("uncovered %v, %d clear: want %v, %d", s.uncovered, len(s.clearing), tt.uncovered, tt.clearing)
			}
			if s.frames != len(tt.parts) {
				t.Errorf("%d frames, want %d", s.frames, len(tt.parts))
			}
			if same := bytes.Equal(Clear(f, 1<<30), f); same != (!tt.uncovered || tt.clearing == 0 && s.transparent) {
				t.Errorf("the file stays the same: %v", same)
			}
		})
	}
}

// What is patched is the same image, frame by frame, with as many more
// transparent colours as there are holes.
func TestClearChangesNoPixel(t *testing.T) {
	colourful := image.NewPaletted(image.Rect(0, 0, 16, 17), ramp(256))
	for i := range colourful.Pix {
		colourful.Pix[i] = byte(i)
	}
	most := image.NewPaletted(image.Rect(0, 0, 16, 17), ramp(256))
	for i := range most.Pix {
		if most.Pix[i] = byte(i); i%256 == 77 {
			most.Pix[i] = 78
		}
	}
	few := image.NewPaletted(image.Rect(1, 1, 9, 9), ramp(4))
	g := &stdgif.GIF{
		Config:   image.Config{Width: 20, Height: 20},
		Image:    []*image.Paletted{colourful, most, few, few},
		Delay:    []int{1, 2, 3, 4},
		Disposal: []byte{2, 2, 2, 0},
	}
	var b bytes.Buffer
	if err := stdgif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	cleared := Clear(b.Bytes(), 1<<30)
	got, err := stdgif.DecodeAll(bytes.NewReader(cleared))
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range g.Image {
		if got.Delay[n] != g.Delay[n] || got.Disposal[n] != g.Disposal[n] || got.Image[n].Rect != want.Rect {
			t.Errorf("frame %d: delay %d, disposal %d, area %v", n, got.Delay[n], got.Disposal[n], got.Image[n].Rect)
		}
		for y := want.Rect.Min.Y; y < want.Rect.Max.Y; y++ {
			for x := want.Rect.Min.X; x < want.Rect.Max.X; x++ {
				r, g, b, a := got.Image[n].At(x, y).RGBA()
				wr, wg, wb, _ := want.At(x, y).RGBA()
				if n == 0 && want.ColorIndexAt(x, y) == 201 { // as 200, the only colour that is near
					wr, wg, wb, _ = want.Palette[200].RGBA()
				}
				if r != wr || g != wg || b != wb || a != 0xffff {
					t.Fatalf("frame %d at %d,%d: %d %d %d %d, want %d %d %d", n, x, y, r>>8, g>>8, b>>8, a>>8, wr>>8, wg>>8, wb>>8)
				}
			}
		}
	}
	n := 0
	for _, f := range frames(cleared) {
		if want := n < 3; f.transparent != want {
			t.Errorf("frame %d has a transparent colour: %v", n, f.transparent)
		}
		n++
	}
	if n != 4 {
		t.Errorf("%d frames", n)
	}
}

// ramp are n colours. All are far from each other, except for the 200th and the 201st.
func ramp(n int) color.Palette {
	p := make(color.Palette, n)
	for i := range p {
		p[i] = color.RGBA{uint8(i % 16 * 17), uint8(i / 16 * 17), 9, 255}
	}
	if n > 201 {
		p[201] = color.RGBA{uint8(200%16*17) + 1, uint8(200 / 16 * 17), 9, 255}
	}
	return p
}

// A file in which nothing is said about any frame, such as a GIF87a.
func TestClearWithoutControls(t *testing.T) {
	f := []byte("GIF87a\x03\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\xff" +
		",\x01\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00;")
	if facts := Read(f); facts != (Facts{Width: 3, Height: 1, Frames: 1, Alpha: true}) {
		t.Fatalf("%+v", facts)
	}
	want := string(f[:19]) + "!\xf9\x04\x01\x0a\x00\xff\x00" + string(f[19:])
	if got := string(Clear(f, 1<<30)); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// libvips lets the first frame make the canvas larger, and no other.
func TestCanvasGrows(t *testing.T) {
	f := []byte("GIF89a\x01\x00\x02\x00\x00\x00\x00,\x04\x00\x00\x00\x03\x00\x01\x00\x80\xff\x00\x00\x00\x00\xff\x02\x02\x44\x01\x00" +
		",\x09\x00\x00\x00\x03\x00\x01\x00\x80\xff\x00\x00\x00\x00\xff\x02\x02\x44\x01\x00;")
	if facts := Read(f); facts != (Facts{Width: 7, Height: 2, Frames: 2, Alpha: true}) {
		t.Errorf("%+v", facts)
	}
}

// Empty blocks between others are passed over.
func TestEmptyBlocks(t *testing.T) {
	whole := file(t, part{area: all}, part{area: all}, part{area: all})
	control := []byte("\x21\xf9\x04")
	for _, empty := range []string{"\x00", "\x00\x00\x00"} {
		untidy := bytes.ReplaceAll(whole, control, append([]byte(empty), control...))
		if facts := Read(untidy); facts != Read(whole) || facts.Frames != 3 {
			t.Errorf("%+v, want %+v", facts, Read(whole))
		}
		if !bytes.Equal(Clear(untidy, 1<<30), whole) {
			t.Errorf("%d of them stay", len(empty))
		}
	}
}

// What is decoded to find a colour is bounded, by the frames' pixels and not by the
// canvas: a frame may be far larger than that, and its data a thousandth of its pixels.
func TestClearIsBounded(t *testing.T) {
	colourful := image.NewPaletted(image.Rect(0, 0, 100, 100), ramp(256))
	g := &stdgif.GIF{Config: image.Config{Width: 100, Height: 100}}
	for range 10 {
		g.Image, g.Delay, g.Disposal = append(g.Image, colourful), append(g.Delay, 1), append(g.Disposal, 2)
	}
	g.Config.Width = 200 // which none of them covers
	var b bytes.Buffer
	if err := stdgif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	for want, most := range map[int]int64{10: 100_000, 3: 39_999, 0: 9_999} {
		n := 0
		for _, f := range frames(Clear(b.Bytes(), most)) {
			if f.transparent {
				n++
			}
		}
		if n != want {
			t.Errorf("with %d pixels: %d frames were cleared, want %d", most, n, want)
		}
	}
}

func FuzzClear(f *testing.F) {
	f.Add(file(f, part{area: all, disposal: 2}, part{area: image.Rect(1, 1, 2, 2)}))
	f.Add(bytes.ReplaceAll(file(f, part{area: all}, part{area: all}), []byte("\x21\xf9"), []byte("\x00\x21\xf9")))
	f.Add([]byte("GIF89a\x01\x00\x02\x00\x00\x00\x00,\x04\x00\x00\x00\x03\x00\x01\x00\x80\xff\x00\x00\x00\x00\xff\x08\x02\x44\x01\x00;"))
	f.Fuzz(func(t *testing.T, file []byte) {
		kept := bytes.Clone(file)
		before := Read(file)
		cleared := Clear(file, 1<<30)
		if !bytes.Equal(file, kept) {
			t.Fatal("the file was changed")
		}
		after := Read(cleared)
		if after.Width != before.Width || after.Height != before.Height || after.Frames != before.Frames || after.Alpha != before.Alpha {
			t.Errorf("%+v became %+v", before, after)
		}
		if again := Clear(cleared, 1<<30); !bytes.Equal(again, cleared) {
			t.Error("what was cleared is cleared again")
		}
	})
}
