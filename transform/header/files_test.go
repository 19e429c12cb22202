package header_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

func encoded(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func goPNG(t testing.TB, i image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return png.Encode(b, i) })
}

func goJPEG(t testing.TB, i image.Image) []byte {
	return encoded(t, func(b *bytes.Buffer) error { return jpeg.Encode(b, i, nil) })
}

func goGIF(t testing.TB, w, h, frames int, colours color.Palette) []byte {
	animation := &gif.GIF{}
	for range frames {
		animation.Image = append(animation.Image, image.NewPaletted(image.Rect(0, 0, w, h), colours))
		animation.Delay = append(animation.Delay, 5)
		animation.Disposal = append(animation.Disposal, gif.DisposalBackground)
	}
	return encoded(t, func(b *bytes.Buffer) error { return gif.EncodeAll(b, animation) })
}

var (
	opaque      = palette.WebSafe
	transparent = append(color.Palette{color.NRGBA{}}, palette.WebSafe[:100]...)
)

// segment returns one of a JPEG.
func segment(marker byte, content string) string {
	return string([]byte{0xff, marker, byte((len(content) + 2) >> 8), byte(len(content) + 2)}) + content
}

// withEXIF puts an orientation into a JPEG.
func withEXIF(file []byte, orientation int) []byte {
	exif := newTIFF(binary.BigEndian, false, [][2]int{{274, orientation}}, nil)
	return append([]byte("\xff\xd8"+segment(0xe1, "Exif\x00\x00"+string(exif))), file[2:]...)
}

// chunk returns one of a PNG, with a checksum that is not checked here.
func chunk(kind, content string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(content)))) + kind + content + "\x00\x00\x00\x00"
}

// riff returns a WebP of these chunks.
func riff(chunks ...string) []byte {
	all := "WEBP" + strings.Join(chunks, "")
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(all)))) + all)
}

func riffChunk(kind, content string) string {
	c := kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(content)))) + content
	return c + strings.Repeat("\x00", len(content)&1)
}

// heifBox returns a box of the ISO base media file format.
func heifBox(kind string, content ...string) string {
	all := strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(all)+8))) + kind + all
}

func ispe(w, h uint32) string {
	return heifBox("ispe", "\x00\x00\x00\x00", string(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)))
}

func heif(brand string, properties ...string) []byte {
	return []byte(heifBox("ftyp", brand, "\x00\x00\x00\x00", "mif1") +
		heifBox("meta", "\x00\x00\x00\x00", heifBox("hdlr", "pict"), heifBox("iprp", heifBox("ipco", properties...))) +
		heifBox("mdat"))
}

// newTIFF has one directory of numbers of type LONG, and the pixels behind it.
func newTIFF(order binary.AppendByteOrder, big bool, tags [][2]int, pixels []byte) []byte {
	put := order.AppendUint32
	if big {
		put = func(b []byte, v uint32) []byte { return order.AppendUint64(b, uint64(v)) }
	}
	mark := "II"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM"
	}
	b := []byte(mark)
	var end int
	if big {
		b = order.AppendUint16(order.AppendUint16(order.AppendUint16(b, 43), 8), 0)
		b = order.AppendUint64(b, 16)
		b = order.AppendUint64(b, uint64(len(tags)))
		end = 16 + 8 + 20*len(tags) + 8
	} else {
		b = order.AppendUint32(order.AppendUint16(b, 42), 8)
		b = order.AppendUint16(b, uint16(len(tags)))
		end = 8 + 2 + 12*len(tags) + 4
	}
	for _, tag := range tags {
		b = order.AppendUint16(order.AppendUint16(b, uint16(tag[0])), 4)
		value := tag[1]
		if tag[0] == 273 { // where the pixels are
			value = end
		}
		b = order.AppendUint32(put(b, 1), uint32(value))
		if big {
			b = append(b, 0, 0, 0, 0) // a LONG lies at the front of the room for 8 bytes
		}
	}
	return append(put(b, 0), pixels...)
}

func tiffTags(w, h, channels, rows int) [][2]int {
	return [][2]int{
		{256, w}, {257, h}, {258, 8}, {259, 1}, {262, 1}, {273, 0}, {277, channels}, {278, rows}, {279, w * h * channels},
	}
}
