package strip

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform/header"
)

// secret is what must not be in a stripped file.
const secret = "SECRET-GPS"

func gradient() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 40, 30))
	for i := range m.Pix {
		m.Pix[i] = byte(i * 7)
	}
	return m
}

func segment(marker byte, data string) string {
	return string(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2))) + data
}

func chunk(kind, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE([]byte(kind+data))))
}

func riff(kind, data string) string {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
	return string(b) + data + strings.Repeat("\x00", len(data)%2)
}

// exifOf has an orientation, and something else behind it.
func exifOf(orientation int) string { return string(exif(orientation)) + secret }

func jpegOf(t *testing.T, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, gradient(), nil); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	icc := segment(0xe2, "ICC_PROFILE\x00\x01\x01profile")
	return []byte(plain[:2] +
		segment(0xe0, "JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x01\x01"+"THU") +
		segment(0xe0, "JFXX\x00\x10"+secret) +
		segment(0xe1, "Exif\x00\x00"+exifOf(orientation)) +
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+secret) +
		icc +
		segment(0xe2, "MPF\x00"+secret) +
		segment(0xed, "Photoshop 3.0\x00"+secret) +
		segment(0xee, "Adobe\x00\x64\x00\x00\x00\x00\x01") +
		segment(0xeb, secret) + segment(0xfe, secret) +
		plain[2:] + "\xff\xd8\xff\xe1" + secret) // another image
}

func pngOf(t *testing.T, orientation int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, gradient()); err != nil {
		t.Fatal(err)
	}
	const head = 8 + 25 // signature and IHDR
	plain := b.String()
	return []byte(plain[:head] +
		chunk("gAMA", "\x00\x00\xb1\x8f") + chunk("iCCP", "x\x00\x00abc") + chunk("pHYs", "\x00\x00\x0b\x13\x00\x00\x0b\x13\x01") +
		chunk("eXIf", exifOf(orientation)) + chunk("tEXt", "Comment\x00"+secret) + chunk("iTXt", "XML:com.adobe.xmp\x00"+secret) +
		chunk("tIME", secret) + chunk("caBX", secret) +
		plain[head:] + secret)
}

func gifOf(t *testing.T) []byte {
	t.Helper()
	frame := image.NewPaletted(image.Rect(0, 0, 40, 30), color.Palette{color.Black, color.White})
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame, frame}, Delay: []int{5, 6}}); err != nil {
		t.Fatal(err)
	}
	plain := b.String()
	head := 13 + colours(plain[10])
	return []byte(plain[:head] +
		"\x21\xfe" + string(rune(len(secret))) + secret + "\x00" +
		"\x21\xff\x0bXMP DataXMP" + string(rune(len(secret))) + secret + "\x00" +
		plain[head:])
}

// webpOf has a lossless image of 40x30, by its header only.
func webpOf(orientation int) []byte {
	vp8l := string([]byte{0x2f, 39, 0x40, 0x07, 0, 1, 2})
	chunks := riff("VP8X", "\x0c\x00\x00\x00\x27\x00\x00\x1d\x00\x00") + riff("ICCP", "abc") + riff("VP8L", vp8l) +
		riff("EXIF", exifOf(orientation)) + riff("XMP ", secret) + riff("ABCD", secret)
	return []byte("RIFF" + string(binary.LittleEndian.AppendUint32(nil, uint32(len(chunks)+4))) + "WEBP" + chunks + secret)
}

func box(kind, data string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(data)+8))) + kind + data
}

// avifOf has an image of 40x30, by its header only, with EXIF in the file and
// XMP in the box idat.
func avifOf() []byte {
	item := func(id byte, kind string) string {
		return box("infe", "\x02\x00\x00\x00\x00"+string(id)+"\x00\x00"+kind+"\x00")
	}
	// The offsets are those of the items in what follows.
	build := func(exifAt int) string {
		iloc := box("iloc", "\x01\x00\x00\x00\x44\x00\x00\x03"+
			"\x00\x01\x00\x00\x00\x00\x00\x01"+be32(exifAt+40)+be32(7)+
			"\x00\x02\x00\x00\x00\x00\x00\x01"+be32(exifAt)+be32(40)+
			"\x00\x03\x00\x01\x00\x00\x00\x01"+be32(2)+be32(len(secret)))
		meta := box("meta", "\x00\x00\x00\x00"+
			box("iinf", "\x00\x00\x00\x00\x00\x03"+item(1, "av01")+item(2, "Exif")+item(3, "mime"))+
			iloc+box("idat", "\x01\x02"+secret+"\x03")+
			box("iprp", box("ipco", box("ispe", "\x00\x00\x00\x00"+be32(40)+be32(30)))))
		return box("ftyp", "avif\x00\x00\x00\x00avifmif1") + meta + box("uuid", "0123456789abcdef"+secret)
	}
	head := build(0)
	return []byte(build(len(head)+8) + box("mdat", (secret + strings.Repeat("x", 40))[:40]+"PICTURE"))
}

func be32(n int) string { return string(binary.BigEndian.AppendUint32(nil, uint32(n))) }

func TestMetadata(t *testing.T) {
	for name, file := range map[string][]byte{
		"jpeg": jpegOf(t, 1), "jpeg turned": jpegOf(t, 6), "png": pngOf(t, 1), "png turned": pngOf(t, 8),
		"gif": gifOf(t), "webp": webpOf(1), "webp turned": webpOf(3), "avif": avifOf(),
	} {
		t.Run(name, func(t *testing.T) {
			before := bytes.Clone(file)
			stripped, ok := Metadata(file)
			if !ok {
				t.Fatal("it cannot be stripped")
			}
			if !bytes.Equal(file, before) {
				t.Error("the file itself was changed")
			}
			if !bytes.Contains(file, []byte(secret)) || bytes.Contains(stripped, []byte(secret)) {
				t.Error("the metadata are still there")
			}
			if len(stripped) > len(file) {
				t.Errorf("%d bytes became %d", len(file), len(stripped))
			}
			was, _ := header.Read(file)
			is, ok := header.Read(stripped)
			if !ok || !reflect.DeepEqual(is, was) {
				t.Errorf("the header is %+v, and was %+v", is, was)
			}
			if strings.Contains(name, "turned") && is.Orientation == 1 {
				t.Error("the orientation is gone")
			}
			for _, profile := range []string{"ICC_PROFILE\x00\x01\x01profile", "iCCPx\x00\x00abc", "ICCP\x03\x00\x00\x00abc", "NETSCAPE2.0", "PICTURE"} {
				if bytes.Contains(file, []byte(profile)) != bytes.Contains(stripped, []byte(profile)) {
					t.Errorf("%q is gone", profile)
				}
			}
			again, ok := Metadata(stripped)
			if !ok || !bytes.Equal(again, stripped) {
				t.Error("what is stripped already changes again")
			}
			if decoded, _, err := image.Decode(bytes.NewReader(stripped)); err == nil {
				want, _, _ := image.Decode(bytes.NewReader(file))
				if !reflect.DeepEqual(decoded, want) {
					t.Error("pixels changed")
				}
			} else if name != "webp" && name != "webp turned" && name != "avif" {
				t.Error(err)
			}
		})
	}
}

// What decoders take for a whole image is stripped, too: without an end mark,
// or with bytes that nothing needs.
func TestMetadataOfUntidyFiles(t *testing.T) {
	whole := map[string]string{"jpeg": string(jpegOf(t, 6)), "png": string(pngOf(t, 1)), "gif": string(gifOf(t))}
	end := func(name, mark string) string { return whole[name][:strings.LastIndex(whole[name], mark)] }
	withBytes := func(name, before, bytes string) string {
		return strings.Replace(whole[name], before, bytes+before, 1)
	}
	for name, file := range map[string]string{
		"a JPEG without its end mark":      end("jpeg", "\xff\xd9\xff\xd8"),
		"a JPEG with half of its end mark": end("jpeg", "\xff\xd9\xff\xd8") + "\xff",
		"a JPEG with bytes between":        withBytes("jpeg", "\xff\xdb", "\x00\x00AB"),
		"a PNG without its end mark":       end("png", "\x00\x00\x00\x00IEND"),
		"a GIF without its trailer":        end("gif", ";"),
		"a GIF with empty blocks":          withBytes("gif", "\x21\xf9", "\x00\x00"),
	} {
		stripped, ok := Metadata([]byte(file))
		if !ok || bytes.Contains(stripped, []byte(secret)) {
			t.Errorf("%s: stripped %v, with metadata %v", name, ok, bytes.Contains(stripped, []byte(secret)))
			continue
		}
		was, _ := header.Read([]byte(file))
		if is, ok := header.Read(stripped); !ok || !reflect.DeepEqual(is, was) {
			t.Errorf("%s: the header is %+v, and was %+v", name, is, was)
		}
	}
}

// A file that breaks off anywhere is not taken for one without metadata.
func TestMetadataOfBrokenFiles(t *testing.T) {
	for name, file := range map[string][]byte{"jpeg": jpegOf(t, 1), "png": pngOf(t, 1), "gif": gifOf(t), "webp": webpOf(1), "avif": avifOf()} {
		for n := range file {
			if stripped, ok := Metadata(file[:n]); ok && bytes.Contains(stripped, []byte(secret)) {
				t.Fatalf("%s: the first %d bytes are stripped to what has metadata", name, n)
			}
		}
	}
	for _, file := range []string{"", "text", "II*\x00\x08\x00\x00\x00"} {
		if _, ok := Metadata([]byte(file)); ok {
			t.Errorf("%q is stripped", file)
		}
	}
}

// Extents that overlap, or have no bytes, must not make the work grow.
func TestMetadataOfExtents(t *testing.T) {
	exts := strings.Repeat(be32(0)+be32(1000), 60000)
	iloc := box("iloc", "\x01\x00\x00\x00\x44\x00\x00\x01"+"\x00\x02\x00\x00\x00\x00\xea\x60"+exts)
	none := box("iloc", "\x01\x00\x00\x00\x00\x00\xff\xff"+strings.Repeat("\x00\x02\x00\x00\x00\x00\xff\xff", 60000))
	for _, location := range []string{iloc, none} {
		file := box("ftyp", "avif\x00\x00\x00\x00avif") + box("meta", "\x00\x00\x00\x00"+
			box("iinf", "\x00\x00\x00\x00\x00\x01"+box("infe", "\x02\x00\x00\x00\x00\x02\x00\x00Exif\x00"))+location+
			box("iprp", box("ipco", box("ispe", "\x00\x00\x00\x00"+be32(40)+be32(30)))))
		if _, ok := Metadata([]byte(file)); ok {
			t.Error("it is stripped")
		}
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add(webpOf(6))
	f.Add(avifOf())
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"))
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x01\x00\x01\x01\x01\x11\x00\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\xff\xd9"))
	f.Fuzz(func(t *testing.T, file []byte) {
		before := bytes.Clone(file)
		stripped, ok := Metadata(file)
		if !bytes.Equal(file, before) {
			t.Error("the file was changed")
		}
		if ok && len(stripped) > len(file) {
			t.Errorf("%d bytes became %d", len(file), len(stripped))
		}
	})
}
