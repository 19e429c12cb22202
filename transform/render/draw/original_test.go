//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// The colours of the originals. None has a channel at its end, so that what is
// too dark shows as well as what is too bright.
var (
	red    = color.NRGBA{220, 40, 40, 255}
	green  = color.NRGBA{40, 180, 60, 255}
	blue   = color.NRGBA{40, 60, 200, 255}
	yellow = color.NRGBA{230, 220, 60, 255}
	gray   = color.NRGBA{120, 120, 120, 255}
	black  = color.NRGBA{0, 0, 0, 255}
	white  = color.NRGBA{255, 255, 255, 255}
	clear  = color.NRGBA{}
)

// ink returns a colour as a plan has it.
func ink(c color.NRGBA) transform.Color { return transform.Color(c) }

func solid(w, h int, c color.NRGBA) *image.NRGBA {
	i := image.NewNRGBA(image.Rect(0, 0, w, h))
	copy(i.Pix, []byte{c.R, c.G, c.B, c.A})
	for done := 4; done < len(i.Pix); done *= 2 {
		copy(i.Pix[done:], i.Pix[:done])
	}
	return i
}

func paint(w, h int, at func(x, y int) color.NRGBA) *image.NRGBA {
	i := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			i.SetNRGBA(x, y, at(x, y))
		}
	}
	return i
}

// quadrants is red and green above blue and yellow.
func quadrants(w, h int) *image.NRGBA {
	return paint(w, h, func(x, y int) color.NRGBA {
		return [2][2]color.NRGBA{{red, green}, {blue, yellow}}[2*y/h][2*x/w]
	})
}

// box returns a rectangle of one colour on another.
func box(w, h int, ground, figure color.NRGBA, r image.Rectangle) *image.NRGBA {
	return paint(w, h, func(x, y int) color.NRGBA {
		if (image.Point{X: x, Y: y}).In(r) {
			return figure
		}
		return ground
	})
}

func asPNG(t testing.TB, i image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, i); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t testing.TB, i image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, i, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// asGIF has a frame for each colour, delays of 50, 60, 70… ms, and is played
// three times.
func asGIF(t testing.TB, frames ...*image.NRGBA) []byte {
	t.Helper()
	g := gif.GIF{LoopCount: 2}
	for n, frame := range frames {
		var palette color.Palette
		known := map[color.NRGBA]bool{}
		for p := 0; p < len(frame.Pix); p += 4 {
			c := color.NRGBA{frame.Pix[p], frame.Pix[p+1], frame.Pix[p+2], frame.Pix[p+3]}
			if !known[c] {
				known[c] = true
				palette = append(palette, c)
			}
		}
		i := image.NewPaletted(frame.Bounds(), palette)
		for y := range frame.Bounds().Dy() {
			for x := range frame.Bounds().Dx() {
				i.Set(x, y, frame.NRGBAAt(x, y))
			}
		}
		g.Image = append(g.Image, i)
		g.Delay = append(g.Delay, 5+n)
		g.Disposal = append(g.Disposal, gif.DisposalBackground)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inVips hands an image to libvips, for what Go cannot write.
func inVips(t testing.TB, i *image.NRGBA, bands int) *vips.Image {
	t.Helper()
	scope := vips.NewScope(context.Background())
	t.Cleanup(scope.Close)
	var samples []byte
	for p := 0; p < len(i.Pix); p += 4 {
		samples = append(samples, i.Pix[p:p+bands]...)
	}
	return must(scope.NewImageFromMemory(samples, i.Bounds().Dx(), i.Bounds().Dy(), bands, vips.InterpretationSRGB))(t)
}

func asWebP(t testing.TB, i *image.NRGBA) []byte {
	t.Helper()
	return must(inVips(t, i, 4).ExportWebp(vips.WebpOptions{Lossless: true}))(t)
}

func asAVIF(t testing.TB, i *image.NRGBA) []byte {
	t.Helper()
	return must(inVips(t, i, 3).ExportAvif(vips.AvifOptions{Quality: 90, Effort: 1, Subsample: vips.SubsampleOff}))(t)
}

// animatedWebP has the delays and loops of asGIF.
func animatedWebP(t testing.TB, frames ...*image.NRGBA) []byte {
	t.Helper()
	w, h := frames[0].Bounds().Dx(), frames[0].Bounds().Dy()
	tall := image.NewNRGBA(image.Rect(0, 0, w, h*len(frames)))
	var delay []int
	for n, frame := range frames {
		copy(tall.Pix[n*len(frame.Pix):], frame.Pix)
		delay = append(delay, 50+10*n)
	}
	i := inVips(t, tall, 4)
	i.SetInt(vips.FieldPageHeight, h)
	i.SetIntArray(vips.FieldDelay, delay)
	i.SetInt(vips.FieldLoop, 3)
	return must(i.ExportWebp(vips.WebpOptions{Lossless: true}))(t)
}

// asSVG returns a drawing of the same quadrants.
func asSVG(w, h int) []byte {
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]d" height="%[2]d" viewBox="0 0 2 2" preserveAspectRatio="none">`+
		`<rect width="1" height="1" fill="%[3]s"/><rect x="1" width="1" height="1" fill="%[4]s"/>`+
		`<rect y="1" width="1" height="1" fill="%[5]s"/><rect x="1" y="1" width="1" height="1" fill="%[6]s"/></svg>`,
		w, h, hex(red), hex(green), hex(blue), hex(yellow))
}

// asTIFF returns an uncompressed one of a single strip (TIFF 6.0, section 6:
// RGB).
func asTIFF(i *image.NRGBA) []byte {
	w, h := i.Bounds().Dx(), i.Bounds().Dy()
	var strip []byte
	for p := 0; p < len(i.Pix); p += 4 {
		strip = append(strip, i.Pix[p:p+3]...)
	}
	return tiff(w, h, strip)
}

// tiff may lie about how much there is in its strip.
func tiff(w, h int, strip []byte) []byte {
	const header, bits = 8, 6
	le := binary.LittleEndian
	b := append([]byte("II*\x00"), 0, 0, 0, 0)
	b = append(b, 8, 0, 8, 0, 8, 0) // BitsPerSample, too long for an entry
	b = append(b, strip...)
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	le.PutUint32(b[4:], uint32(len(b)))
	entries := [][3]int{ // tag, count, value
		{256, 1, w}, {257, 1, h}, {258, 3, header}, {259, 1, 1}, {262, 1, 2},
		{273, 1, header + bits}, {277, 1, 3}, {278, 1, h}, {279, 1, len(strip)},
	}
	b = le.AppendUint16(b, uint16(len(entries)))
	for _, e := range entries {
		kind := uint16(4) // LONG
		if e[0] == 258 {
			kind = 3 // SHORT
		}
		b = le.AppendUint16(b, uint16(e[0]))
		b = le.AppendUint16(b, kind)
		b = le.AppendUint32(b, uint32(e[1]))
		b = le.AppendUint32(b, uint32(e[2]))
	}
	return append(b, 0, 0, 0, 0)
}

// oriented puts an EXIF orientation into a JPEG: an APP1 segment of a TIFF with
// one entry (Exif 2.3, 4.5.4).
func oriented(jpeg []byte, orientation int) []byte {
	exif := append([]byte("Exif\x00\x00MM\x00*"),
		0, 0, 0, 8, // where the directory is
		0, 1, // one entry
		0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orientation), 0, 0,
		0, 0, 0, 0, // no other directory
	)
	return withSegment(jpeg, 0xe1, exif)
}

// withSegment puts a segment behind a JPEG's first marker.
func withSegment(jpeg []byte, marker byte, data []byte) []byte {
	b := append([]byte{}, jpeg[:2]...)
	b = append(b, 0xff, marker)
	b = binary.BigEndian.AppendUint16(b, uint16(2+len(data)))
	b = append(b, data...)
	return append(b, jpeg[2:]...)
}
