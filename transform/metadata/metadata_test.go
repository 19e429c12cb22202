package metadata

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"reflect"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/exif"
	"github.com/caddy-images/caddy-images/transform/iptc"
	"github.com/caddy-images/caddy-images/transform/xmp"
)

// said returns a block of XMP with some properties of Dublin Core and
// Photoshop.
func said(properties string) []byte {
	return []byte(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">` + properties + `</rdf:Description></rdf:RDF>`)
}

func alt(name, text string) string {
	return "<" + name + `><rdf:Alt><rdf:li xml:lang="x-default">` + text + "</rdf:li></rdf:Alt></" + name + ">"
}

func TestCredited(t *testing.T) {
	long := strings.Repeat("x", mostText+1)
	for name, test := range map[string]struct {
		blocks              Blocks
		creator, rights     string // in XMP
		artist, copyright   string // in EXIF
		byline, notice, own string // in IPTC, own is Credit
	}{
		"nothing":   {},
		"EXIF":      {Blocks{EXIF: exif.New("Ann", "(c) Ann")}, "Ann", "(c) Ann", "Ann", "(c) Ann", "Ann", "(c) Ann", ""},
		"XMP":       {Blocks{XMP: said(alt("dc:rights", "© Ann"))}, "", "© Ann", "", "© Ann", "", "© Ann", ""},
		"IPTC":      {Blocks{IPTC: iptc.New(iptc.Credit{Creators: []string{"Ann"}, Rights: "R", Credit: "C"})}, "Ann", "R", "Ann", "R", "Ann", "R", "C"},
		"a PNG":     {Blocks{Author: "Ann", Copyright: "R"}, "Ann", "R", "Ann", "R", "Ann", "R", ""},
		"all":       {Blocks{EXIF: exif.New("E", "F"), XMP: said(alt("dc:rights", "X")), IPTC: iptc.New(iptc.Credit{Creators: []string{"I"}, Rights: "J"}), Author: "P"}, "I", "X", "E", "F", "I", "J", ""},
		"long":      {Blocks{EXIF: exif.New("Ann", long)}, "Ann", "", "Ann", "", "Ann", "", ""},
		"no credit": {Blocks{XMP: said("<photoshop:City>Berlin</photoshop:City>")}, "", "", "", "", "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.blocks.Credited()
			packet := xmp.Parse(got.XMP)
			artist, copyright := exif.Credit(got.EXIF)
			iim := iptc.Credited(got.IPTC)
			for what, pair := range map[string][2]string{
				"dc:creator":       {strings.Join(packet.Texts(xmp.Creator), "|"), test.creator},
				"dc:rights":        {strings.Join(packet.Texts(xmp.Rights), "|"), test.rights},
				"Artist":           {artist, test.artist},
				"Copyright":        {copyright, test.copyright},
				"By-line":          {strings.Join(iim.Creators, "|"), test.byline},
				"Copyright Notice": {iim.Rights, test.notice},
				"Credit":           {iim.Credit, test.own},
			} {
				if pair[0] != pair[1] {
					t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
				}
			}
			if test.rights == "" && test.creator == "" && !got.IsEmpty() {
				t.Errorf("%q", got)
			}
		})
	}
}

// Of all that is kept, who made the image is in XMP as well, which every
// format holds.
func TestKept(t *testing.T) {
	b := Blocks{EXIF: exif.New("Ann", "(c) Ann"), XMP: said("<photoshop:City>Berlin</photoshop:City>")}
	kept := b.Kept(transform.Written{Size: transform.Size{Width: 30, Height: 20}})
	if got := exif.Read(kept.EXIF); got["Artist"].Text != "Ann" || got["ExifImageWidth"].Text != "30" {
		t.Errorf("%v", got)
	}
	packet := xmp.Parse(kept.XMP)
	if got := packet.Texts(xmp.Creator); len(got) != 1 || got[0] != "Ann" {
		t.Errorf("%q", got)
	}
	if !bytes.Contains(kept.XMP, []byte("Berlin")) {
		t.Errorf("%s", kept.XMP)
	}
}

var blocks = Blocks{EXIF: exif.New("Ann", "(c) Ann"), XMP: xmp.Packet{}.Filled(xmp.Rights, "(c) Ann").Bytes(), IPTC: iptc.New(iptc.Credit{Rights: "(c) Ann!"})}

func picture() image.Image {
	i := image.NewPaletted(image.Rect(0, 0, 20, 10), palette.Plan9)
	for n := range i.Pix {
		i.Pix[n] = byte(n)
	}
	return i
}

// into puts the blocks into a file, and wants nothing else of it to change.
func into(t *testing.T, b Blocks, file []byte, format transform.Format) []byte {
	t.Helper()
	out, err := b.Into(file, format)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := (Blocks{}).Into(file, format); err != nil || !bytes.Equal(same, file) {
		t.Errorf("nothing changes the file: %v", err)
	}
	return out
}

func TestIntoJPEG(t *testing.T) {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, picture(), nil); err != nil {
		t.Fatal(err)
	}
	out := into(t, blocks, file.Bytes(), transform.JPEG)
	var segments []string
	rest := out[2:]
	for len(rest) > 4 && rest[1] >= 0xe0 && rest[1] < 0xf0 {
		end := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		segments, rest = append(segments, string(rest[1:2])+string(rest[4:end])), rest[end:]
	}
	want := []string{"\xe1Exif\x00\x00" + string(blocks.EXIF), "\xe1http://ns.adobe.com/xap/1.0/\x00" + string(blocks.XMP), "\xed" + string(iptc.Resources(blocks.IPTC))}
	if strings.Join(segments, "|") != strings.Join(want, "|") {
		t.Errorf("%q", segments)
	}
	if !bytes.Equal(rest, file.Bytes()[2:]) {
		t.Error("the rest is another")
	}
}

func TestIntoPNG(t *testing.T) {
	var file bytes.Buffer
	if err := png.Encode(&file, picture()); err != nil {
		t.Fatal(err)
	}
	out := into(t, blocks, file.Bytes(), transform.PNG)
	chunks := map[string]string{}
	for rest := out[8:]; len(rest) > 0; {
		n := int(binary.BigEndian.Uint32(rest))
		if crc32.ChecksumIEEE(rest[4:8+n]) != binary.BigEndian.Uint32(rest[8+n:]) {
			t.Errorf("the checksum of %s", rest[4:8])
		}
		chunks[string(rest[4:8])], rest = string(rest[8:8+n]), rest[12+n:]
	}
	if chunks["eXIf"] != string(blocks.EXIF) || chunks["iTXt"] != "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+string(blocks.XMP) {
		t.Errorf("%q", chunks)
	}
	if _, err := png.Decode(bytes.NewReader(out)); err != nil {
		t.Error(err)
	}
}

func TestIntoGIF(t *testing.T) {
	var file bytes.Buffer
	if err := gif.Encode(&file, picture(), nil); err != nil {
		t.Fatal(err)
	}
	out := into(t, blocks, file.Bytes(), transform.GIF)
	decoded, err := gif.DecodeAll(bytes.NewReader(out))
	if err != nil || len(decoded.Image) != 1 {
		t.Fatal(err)
	}
	want := "\x21\xff\x0bXMP DataXMP" + string(blocks.XMP) + "\x01\xff\xfe"
	if !bytes.Contains(out, []byte(want)) || !bytes.HasSuffix(out, []byte("\x02\x01\x00\x00\x3b")) {
		t.Errorf("%q", out)
	}
}

// webp returns a file of chunks.
func webp(chunks ...string) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WEBP")
	for n := 0; n < len(chunks); n += 2 {
		b = append(binary.LittleEndian.AppendUint32(append(b, chunks[n]...), uint32(len(chunks[n+1]))), chunks[n+1]...)
		if len(chunks[n+1])%2 == 1 {
			b = append(b, 0)
		}
	}
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

// The size in VP8X is less 1, in 24 bits (RFC 9649, section 2.7.1).
func TestIntoWebP(t *testing.T) {
	odd := blocks
	odd.XMP = append([]byte("x"), blocks.XMP...)[:len(blocks.XMP)|1]
	lossy := "\x10\x00\x00\x9d\x01\x2a\x90\x01\x2c\x01" // 400x300
	bits := binary.LittleEndian.AppendUint32([]byte{0x2f}, 399|299<<14|1<<28)
	for name, test := range map[string]struct {
		file []byte
		want []byte
	}{
		"lossy":    {webp("VP8 ", lossy), webp("VP8X", "\x0c\x00\x00\x00\x8f\x01\x00\x2b\x01\x00", "VP8 ", lossy, "EXIF", string(odd.EXIF), "XMP ", string(odd.XMP))},
		"lossless": {webp("VP8L", string(bits)), webp("VP8X", "\x1c\x00\x00\x00\x8f\x01\x00\x2b\x01\x00", "VP8L", string(bits), "EXIF", string(odd.EXIF), "XMP ", string(odd.XMP))},
		"extended": {webp("VP8X", "\x20\x00\x00\x00\x8f\x01\x00\x2b\x01\x00", "ICCP", "profile"), webp("VP8X", "\x2c\x00\x00\x00\x8f\x01\x00\x2b\x01\x00", "ICCP", "profile", "EXIF", string(odd.EXIF), "XMP ", string(odd.XMP))},
	} {
		if got := into(t, odd, test.file, transform.WebP); !bytes.Equal(got, test.want) {
			t.Errorf("%s:\n%q\n%q", name, got, test.want)
		}
	}
}

func segment(marker byte, parts ...string) string {
	data := strings.Join(parts, "")
	return "\xff" + string([]byte{marker, byte((len(data) + 2) >> 8), byte(len(data) + 2)}) + data
}

func TestFromJPEG(t *testing.T) {
	extension := segment(0xe1, "http://ns.adobe.com/xmp/extension/\x00", "0123456789ABCDEF0123456789ABCDEF", "more")
	file := "\xff\xd8" + segment(0xe0, "JFIF\x00") + extension + "\xff\xff" + segment(0xe1, xmpSegment, "packet") + segment(0xe1, xmpSegment, "another") +
		segment(0xe1, "Exif\x00\x00", "block") + segment(0xed, iptc.Photoshop, "one") + segment(0xed, "Adobe_CM") + segment(0xed, iptc.Photoshop, "two") +
		segment(0xda, "") + segment(0xe1, "Exif\x00\x00", "of a scan")
	b := FromJPEG([]byte(file))
	if string(b.EXIF) != exif.Prefix+"block" || string(b.XMP) != "packet" || string(b.IPTC) != iptc.Photoshop+"onetwo" {
		t.Errorf("%q", b)
	}
	for n := range file {
		FromJPEG([]byte(file)[:n])
	}
	if b := FromJPEG([]byte("\xff\xd8\xff\xe1\x00\x00")); !b.IsEmpty() {
		t.Errorf("%q", b)
	}
}

func TestWithText(t *testing.T) {
	raw := func(kind string, data ...string) string {
		digits := fmt.Sprintf("%x", strings.Join(data, ""))
		return "\n" + kind + "\n      " + fmt.Sprint(len(digits)/2) + "\n" + digits[:10] + "\n" + digits[10:] + "\n"
	}
	var b Blocks
	for _, text := range [][2]string{
		{"Author", "Ann"}, {"Copyright", "(c) Ann"}, {"Comment", "a comment"}, {"Raw profile type icc", raw("icc", "a profile")},
		{"Raw profile type APP1", raw("generic", xmpSegment, "packet")}, {"Raw profile type exif", raw("exif", "Exif\x00\x00block")},
		{"Raw profile type APP1", raw("generic", "Exif\x00\x00another")}, {"Raw profile type iptc", raw("iptc", "8BIM resources")},
		{"Raw profile type xmp", "no digits"}, {"Raw profile type exif", "\nexif\n 3\nxyz"}, {"Raw profile type ", ""},
	} {
		b = b.WithText(text[0], text[1])
	}
	want := Blocks{EXIF: []byte("Exif\x00\x00block"), XMP: []byte("packet"), IPTC: []byte(iptc.Photoshop + "8BIM resources"), Author: "Ann", Copyright: "(c) Ann"}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("%q", b)
	}
}

func isoBox(name string, parts ...[]byte) []byte {
	return appendBox(nil, name, bytes.Join(parts, nil))
}

// avif returns a file of one item, its data behind the box meta; with an Exif
// item, if that is not empty.
func avif(data, exif string) []byte {
	info := func(id byte, kind string) []byte {
		return isoBox("infe", []byte{2, 0, 0, 0, 0, id, 0, 0}, []byte(kind), []byte{0})
	}
	at := func(id byte, offset, length int) []byte {
		b := binary.BigEndian.AppendUint32([]byte{0, id, 0, 0, 0, 0, 0, 1}, uint32(offset))
		return binary.BigEndian.AppendUint32(b, uint32(length))
	}
	ftyp := isoBox("ftyp", []byte("avif\x00\x00\x00\x00mif1"))
	build := func(start int) []byte {
		infos, places, refs := [][]byte{{0, 0, 0, 0, 0, 1}, info(1, "av01")}, [][]byte{{1, 0, 0, 0, 0x44, 0, 0, 1}, at(1, start, len(data))}, []byte(nil)
		if exif != "" {
			infos[0][5], places[0][7] = 2, 2
			infos, places = append(infos, info(2, "Exif")), append(places, at(2, start+len(data), len(exif)))
			refs = isoBox("iref", []byte{0, 0, 0, 0}, isoBox("cdsc", []byte{0, 2, 0, 1, 0, 1}))
		}
		meta := isoBox("meta", []byte{0, 0, 0, 0}, isoBox("pitm", []byte{0, 0, 0, 0, 0, 1}), isoBox("iloc", places...), isoBox("iinf", infos...), refs)
		return append(append([]byte{}, ftyp...), meta...)
	}
	return append(build(len(build(0))+8), isoBox("mdat", []byte(data+exif))...)
}

// itemsOf returns the data of the items of a file, by their type or media
// type.
func itemsOf(t *testing.T, file []byte) map[string]string {
	t.Helper()
	top, err := boxes(file)
	if err != nil {
		t.Fatal(err)
	}
	items := map[string]string{}
	for _, b := range top {
		if b.name != "meta" {
			continue
		}
		var m meta
		if err := m.read(b.data); err != nil {
			t.Fatal(err)
		}
		infos, _ := boxes(m.infos)
		for _, i := range infos {
			for _, p := range m.places.items {
				if p.id == binary.BigEndian.Uint16(i.data[4:]) {
					items[string(i.data[8:])] = string(file[p.extents[0].offset:][:p.extents[0].length])
				}
			}
		}
		refs, err := boxes(m.refs)
		if err != nil || len(refs) != len(infos)-1 {
			t.Errorf("%d references of %d items: %v", len(refs), len(infos), err)
		}
		for _, r := range refs {
			if r.name != "cdsc" || string(r.data[2:]) != "\x00\x01\x00\x01" {
				t.Errorf("%s %x", r.name, r.data)
			}
		}
	}
	return items
}

func TestIntoAVIF(t *testing.T) {
	for _, before := range []string{"", "the encoder's"} {
		out := into(t, blocks, avif("the picture", before), transform.AVIF)
		got := itemsOf(t, out)
		want := map[string]string{
			"av01\x00": "the picture", "Exif\x00": "\x00\x00\x00\x06Exif\x00\x00" + string(blocks.EXIF),
			"mime\x00application/rdf+xml\x00": string(unwrapped(blocks.XMP)),
		}
		if len(got) != len(want) || !strings.HasPrefix(want["mime\x00application/rdf+xml\x00"], "<x:xmpmeta ") {
			t.Errorf("%q", got)
		}
		for name, data := range want {
			if got[name] != data {
				t.Errorf("%q is %q, want %q", name, got[name], data)
			}
		}
	}
}

// A file of a form that no encoder writes is not touched.
func TestIntoHostile(t *testing.T) {
	good := avif("the picture", "")
	for format, files := range map[transform.Format][][]byte{
		transform.JPEG: {nil, []byte("hello")},
		transform.PNG:  {nil, []byte("\x89PNG\r\n\x1a\n")},
		transform.GIF:  {nil, []byte("GIF89a")},
		transform.WebP: {nil, webp("VP8 ", "x"), webp("ALPH", "x")},
		transform.AVIF: {nil, good[:len(good)-1], good[:30], isoBox("meta"), isoBox("meta", []byte{0, 0, 0, 0})},
		transform.TIFF: {[]byte("II*\x00")},
	} {
		for _, file := range files {
			if out, err := blocks.Into(file, format); err == nil {
				t.Errorf("%s: %q becomes %q", format, file, out)
			}
		}
	}
}

func FuzzInto(f *testing.F) {
	f.Add(avif("the picture", "Exif"), byte(transform.AVIF))
	f.Add(webp("VP8 ", "\x10\x00\x00\x9d\x01\x2a\x90\x01\x2c\x01"), byte(transform.WebP))
	f.Add([]byte("\xff\xd8\xff\xd9"), byte(transform.JPEG))
	f.Fuzz(func(_ *testing.T, file []byte, format byte) {
		_, _ = blocks.Into(file, transform.Format(format))
		FromJPEG(file).Credited()
	})
}
