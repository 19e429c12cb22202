//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/gif"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/exif"
	"github.com/caddy-images/caddy-images/transform/iptc"
	"github.com/caddy-images/caddy-images/transform/metadata"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// hidden is in all that must not be in an image that was cut out of another
// one.
const hidden = "the whole picture"

// cameraEXIF returns what a camera says of an image that lies on its side:
// who took it and where, with a thumbnail and a maker's note.
func cameraEXIF() []byte {
	be := binary.BigEndian
	type entry struct {
		tag, kind uint16
		count     uint32
		data      string
	}
	long := func(v ...uint32) string {
		var b []byte
		for _, n := range v {
			b = be.AppendUint32(b, n)
		}
		return string(b)
	}
	b := []byte("MM\x00*\x00\x00\x00\x08")
	directory := func(next bool, entries ...entry) {
		at := len(b) + 2 + 12*len(entries) + 4
		var values []byte
		b = be.AppendUint16(b, uint16(len(entries)))
		for _, e := range entries {
			b = be.AppendUint32(be.AppendUint16(be.AppendUint16(b, e.tag), e.kind), e.count)
			if len(e.data) <= 4 {
				b = append(b, (e.data + "\x00\x00\x00\x00")[:4]...)
				continue
			}
			b = be.AppendUint32(b, uint32(at+len(values)))
			if values = append(values, e.data...); len(values)%2 == 1 {
				values = append(values, 0)
			}
		}
		if b = append(b, 0, 0, 0, 0); next {
			be.PutUint32(b[len(b)-4:], uint32(at+len(values)))
		}
		b = append(b, values...)
	}
	const exifAt, gpsAt = 300, 500 // places that nothing else takes
	directory(true,
		entry{0x010f, 2, 6, "Maker\x00"},
		entry{0x0112, 3, 1, "\x00\x06"},
		entry{0x013b, 2, 4, "Ann\x00"},
		entry{0x8298, 2, 8, "(c) Ann\x00"},
		entry{0x8769, 4, 1, long(exifAt)},
		entry{0x8825, 4, 1, long(gpsAt)},
	)
	at := uint32(len(b) + 2 + 2*12 + 4)
	directory(false, entry{0x0201, 4, 1, long(at)}, entry{0x0202, 4, 1, long(uint32(len(hidden)))})
	b = append(append(b, hidden...), make([]byte, exifAt-len(b)-len(hidden))...)
	directory(false,
		entry{0x829a, 5, 1, long(1, 50)},
		entry{0x927c, 7, uint32(len(hidden)), hidden},
		entry{0xa001, 3, 1, "\xff\xff"},
		entry{0xa002, 4, 1, long(4000)},
		entry{0xa003, 4, 1, long(3000)},
	)
	b = append(b, make([]byte, gpsAt-len(b))...)
	directory(false, entry{0x0001, 2, 2, "N\x00"}, entry{0x0002, 5, 3, long(52, 1, 30, 1, 0, 1)})
	return b
}

// cameraXMP says the same, and has what belongs to a gain map, a face and a thumbnail.
const cameraXMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
	xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
	tiff:Orientation="6" exif:PixelXDimension="4000" photoshop:Credit="Agency" photoshop:City="Berlin" hdrgm:Version="the whole picture">
<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">(c) Ann</rdf:li></rdf:Alt></dc:rights>
<xmp:Thumbnails><rdf:Alt><rdf:li rdf:parseType="Resource"><g:image xmlns:g="http://ns.adobe.com/xap/1.0/g/img/">the whole picture</g:image></rdf:li></rdf:Alt></xmp:Thumbnails>
<m:Regions xmlns:m="http://www.metadataworkinggroup.com/schemas/regions/" rdf:parseType="Resource"><m:Name>the whole picture</m:Name></m:Regions>
</rdf:Description></rdf:RDF></x:xmpmeta>`

// cameraFiles returns an image that lies on its side where the format can say
// so, with all of this, in each format that can be read.
func cameraFiles(t *testing.T) map[string][]byte {
	t.Helper()
	i := quadrants(64, 32)
	blocks := metadata.Blocks{EXIF: cameraEXIF(), XMP: []byte(cameraXMP)}
	files := map[string][]byte{}
	for format, file := range map[transform.Format][]byte{
		transform.PNG:  asPNG(t, i),
		transform.WebP: asWebP(t, i),
		transform.AVIF: asAVIF(t, i),
	} {
		files[format.String()] = must(blocks.Into(file, format))(t)
	}
	wrapped := blocks
	wrapped.XMP = []byte("<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>" + strings.NewReplacer("<x:xmpmeta xmlns:x=\"adobe:ns:meta/\">", "", "</x:xmpmeta>", "").Replace(cameraXMP))
	files["wrapped avif"] = must(wrapped.Into(asAVIF(t, i), transform.AVIF))(t)
	files["animated webp"] = must(blocks.Into(animatedWebP(t, solids(64, 32)...), transform.WebP))(t)

	resources := []byte("Photoshop 3.0\x00")
	for number, data := range map[uint16][]byte{1036: []byte(hidden), 1028: iptc.New(iptc.Credit{Creators: []string{"Ann"}, Rights: "(c) Ann"})} {
		resources = append(binary.BigEndian.AppendUint16(append(resources, "8BIM"...), number), 0, 0)
		resources = append(binary.BigEndian.AppendUint32(resources, uint32(len(data))), data...)
		resources = append(resources, make([]byte, len(data)%2)...)
	}
	jpeg := asJPEG(t, i)
	for _, segment := range []struct {
		marker byte
		data   string
	}{
		{0xfe, hidden},
		{0xed, string(resources)},
		{0xeb, "JP\x00\x01\x00\x00\x00\x01\x00\x00\x00\x19jumb" + hidden}, // C2PA
		{0xe2, "MPF\x00" + hidden},
		{0xe1, "http://ns.adobe.com/xap/1.0/\x00" + cameraXMP},
		{0xe1, "http://ns.adobe.com/xmp/extension/\x000123456789ABCDEF0123456789ABCDEF\x00\x00\x00\x11\x00\x00\x00\x00" + hidden},
		{0xe1, "Exif\x00\x00" + string(cameraEXIF())},
		{0xe0, "JFXX\x00\x10" + hidden},
	} {
		jpeg = withSegment(jpeg, segment.marker, []byte(segment.data))
	}
	files["jpeg"] = jpeg

	// The directory of a TIFF is EXIF's first one.
	tiff := asTIFF(i)
	le := binary.LittleEndian
	at := int(le.Uint32(tiff[4:]))
	entries := slices.Clone(tiff[at+2 : len(tiff)-4])
	for _, e := range []struct {
		tag  uint16
		data string
	}{{0x013b, "Ann\x00"}, {0x8298, "(c) Ann\x00"}} {
		entry := le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, e.tag), 2), uint32(len(e.data)))
		if len(e.data) <= 4 {
			entry = append(entry, e.data...)
		} else {
			entry = le.AppendUint32(entry, uint32(len(tiff)))
			tiff = append(tiff, e.data...)
		}
		entries = append(entries, entry...)
	}
	le.PutUint32(tiff[4:], uint32(len(tiff)))
	tiff = append(le.AppendUint16(tiff, uint16(len(entries)/12)), entries...)
	files["tiff"] = append(tiff, 0, 0, 0, 0)
	return files
}

// exifIn reads the EXIF of a file, wherever it is.
func exifIn(file []byte) map[string]transform.Value {
	if at := bytes.Index(file, []byte("MM\x00*")); at >= 0 {
		return exif.Read(file[at:])
	}
	if at := bytes.Index(file, []byte("II*\x00")); at >= 0 {
		return exif.Read(file[at:])
	}
	return nil
}

// xmpIn returns the XMP of a file.
func xmpIn(file []byte) string {
	_, rest, _ := bytes.Cut(file, []byte("<x:xmpmeta"))
	within, _, _ := bytes.Cut(rest, []byte("</x:xmpmeta>"))
	return string(within)
}

// What is kept is true of the new image, from every format and in every
// format.
func TestMetadataIsTrue(t *testing.T) {
	cut := transform.Step{Resize: transform.Resize{Width: transform.Px(12), Height: transform.Px(10), Fit: transform.Crop}}
	for name, original := range cameraFiles(t) {
		if n := bytes.Count(original, []byte(hidden)); n == 0 && name != "tiff" {
			t.Fatalf("%s hides nothing", name)
		}
		for _, format := range writable {
			t.Run(name+" to "+format.String(), func(t *testing.T) {
				r := result(t, newJob(original, transform.Output{Format: format, Metadata: true}, cut))
				if bytes.Contains(r.Body, []byte(hidden)) || bytes.Contains(r.Body, []byte("hdrgm")) {
					t.Error("what is not true is kept")
				}
				packet := xmpIn(r.Body)
				if !strings.Contains(packet, "(c) Ann") || !strings.Contains(packet, "<rdf:li>Ann</rdf:li>") {
					t.Errorf("XMP is %s", packet)
				}
				if name != "tiff" {
					for _, want := range []string{"<tiff:Orientation>1</", "<exif:PixelXDimension>12</", "Berlin", "Agency"} {
						if !strings.Contains(packet, want) {
							t.Errorf("XMP has no %s: %s", want, packet)
						}
					}
				}
				if format == transform.GIF {
					return
				}
				tags := exifIn(r.Body)
				want := map[string]string{"Artist": "Ann", "Copyright": "(c) Ann", "Orientation": "1", "ExifImageWidth": "12", "ExifImageLength": "10", "ColorSpace": "1"}
				if name != "tiff" {
					want["GPSLatitude"], want["ExposureTime"] = "52/1, 30/1, 0/1", "1/50"
				}
				for tag, text := range want {
					if tags[tag].Text != text {
						t.Errorf("%s is %q, want %q", tag, tags[tag].Text, text)
					}
				}
				i := opened(t, r.Body)
				if !i.HasField(vips.FieldExif) || !i.HasField(vips.FieldXMP) || i.Orientation() != 1 {
					t.Errorf("libvips sees %v, orientation %d", i.FieldNames(), i.Orientation())
				}
				if has := i.HasField(vips.FieldIPTC); has != (format == transform.JPEG && name == "jpeg") {
					t.Errorf("IPTC is there: %v", has)
				}
			})
		}
	}
}

// Who made the image, and whose it is, and nothing else.
func TestMetadataOfCopyright(t *testing.T) {
	for name, original := range cameraFiles(t) {
		for _, format := range writable {
			t.Run(name+" to "+format.String(), func(t *testing.T) {
				r := result(t, newJob(original, transform.Output{Format: format, Copyright: true}, sized(20, 0, transform.Cover, 0)))
				if bytes.Contains(r.Body, []byte(hidden)) || bytes.Contains(r.Body, []byte("Berlin")) || bytes.Contains(r.Body, []byte("Orientation")) {
					t.Error("more is kept")
				}
				if packet := xmpIn(r.Body); !strings.Contains(packet, "(c) Ann") || !strings.Contains(packet, "<rdf:li>Ann</rdf:li>") || name != "tiff" && !strings.Contains(packet, "Agency") {
					t.Errorf("XMP is %s", packet)
				}
				if tags := exifIn(r.Body); format != transform.GIF && (len(tags) != 2 || tags["Artist"].Text != "Ann" || tags["Copyright"].Text != "(c) Ann") {
					t.Errorf("EXIF is %v", tags)
				}
				if format == transform.JPEG {
					block, _ := opened(t, r.Body).GetBlob(vips.FieldIPTC)
					if got := iptc.Credited(block); len(got.Creators) != 1 || got.Creators[0] != "Ann" || got.Rights != "(c) Ann" {
						t.Errorf("IPTC is %+v in %q", got, block)
					}
				}
			})
		}
	}
}

// The frames, and how long they are shown, are as they are without.
func TestMetadataOfAnimations(t *testing.T) {
	blocks := metadata.Blocks{EXIF: cameraEXIF(), XMP: []byte(cameraXMP)}
	original := must(blocks.Into(animatedWebP(t, solids(24, 16)...), transform.WebP))(t)
	for _, format := range []transform.Format{transform.WebP, transform.GIF} {
		for _, output := range []transform.Output{{Format: format, Metadata: true}, {Format: format, Copyright: true}} {
			r := result(t, newJob(original, output, sized(12, 0, transform.Cover, 0)))
			plain := result(t, newJob(original, transform.Output{Format: format}, sized(12, 0, transform.Cover, 0)))
			if !strings.Contains(xmpIn(r.Body), "(c) Ann") || r.Frames != len(solids(24, 16)) {
				t.Errorf("%s: %d frames with %s", format, r.Frames, xmpIn(r.Body))
			}
			got, want := opened(t, r.Body), opened(t, plain.Body)
			if got.Height() != want.Height() || !slices.Equal(delays(got), delays(want)) {
				t.Errorf("%s: %d rows, %v, want %d, %v", format, got.Height(), delays(got), want.Height(), delays(want))
			}
			if format == transform.GIF {
				a, err := gif.DecodeAll(bytes.NewReader(r.Body))
				if err != nil || len(a.Image) != r.Frames {
					t.Errorf("package gif: %v", err)
				}
			}
		}
	}
}

func delays(i *vips.Image) []int {
	d, _ := i.GetIntArray(vips.FieldDelay)
	return d
}

// The texts of a PNG, compressed ones too, say who made it where nothing else does.
func TestMetadataOfPNGTexts(t *testing.T) {
	file := asPNG(t, solid(16, 16, red))
	hex := fmt.Sprintf("%x", hidden)
	for keyword, text := range map[string]string{"Author": "Ann", "Copyright": "(c) Ann", "Comment": hidden, "Raw profile type exif": fmt.Sprintf("\nexif\n %d\n%x\n", len(cameraEXIF()), cameraEXIF())} {
		data := "tEXt" + keyword + "\x00" + text
		chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(data)-4)), data...)
		chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE([]byte(data)))
		file = slices.Insert(slices.Clone(file), 33, chunk...)
	}
	for _, output := range []transform.Output{{Format: transform.PNG, Metadata: true}, {Format: transform.PNG, Copyright: true}, {Format: transform.WebP, Copyright: true}} {
		r := result(t, newJob(file, output, sized(8, 0, transform.Cover, 0)))
		if packet := xmpIn(r.Body); !strings.Contains(packet, "<rdf:li>Ann</rdf:li>") || !strings.Contains(packet, "(c) Ann") || bytes.Contains(r.Body, []byte(hidden)) {
			t.Errorf("%+v: %s", output, packet)
		}
		if tags := exifIn(r.Body); bytes.Contains(r.Body, []byte(hex)) || output.Metadata && tags["GPSLatitudeRef"].Text != "N" {
			t.Errorf("%+v: %v", output, tags)
		}
	}
}

// What the tag of the colour space says is what the profile says that is in the file.
func TestMetadataOfColours(t *testing.T) {
	i := solid(16, 16, red)
	p3 := inProfile(t, i, "p3", transform.JPEG, vips.KeepProfile)
	for _, test := range []struct {
		file    []byte
		output  transform.Output
		space   string
		profile bool
	}{
		{p3, transform.Output{Metadata: true}, "65535", true},
		{p3, transform.Output{Metadata: true, Profile: true}, "65535", true},
		{p3, transform.Output{Metadata: true, NoProfile: true}, "1", false},
		{inProfile(t, i, "srgb", transform.JPEG, vips.KeepProfile), transform.Output{Metadata: true}, "1", true},
		{asJPEG(t, i), transform.Output{Metadata: true}, "1", false},
		{p3, transform.Output{Copyright: true}, "", false},
		{p3, transform.Output{Copyright: true, Profile: true}, "", true},
	} {
		file := must(metadata.Blocks{EXIF: cameraEXIF()}.Into(test.file, transform.JPEG))(t)
		for _, format := range []transform.Format{transform.JPEG, transform.PNG, transform.WebP, transform.AVIF} {
			test.output.Format = format
			body := result(t, newJob(file, test.output, sized(8, 0, transform.Cover, 0))).Body
			if got := exifIn(body)["ColorSpace"].Text; got != test.space || opened(t, body).HasProfile() != test.profile {
				t.Errorf("%+v: colour space %q, a profile: %v", test.output, got, opened(t, body).HasProfile())
			}
			if !bytes.Contains(body, []byte("(c) Ann")) {
				t.Errorf("%+v: no copyright", test.output)
			}
			if n := bytes.Count(body, []byte("MM\x00*")) + bytes.Count(body, []byte("II*\x00")); n != 1 && format != transform.AVIF {
				t.Errorf("%+v: %d blocks of EXIF", test.output, n)
			}
			if n := bytes.Count(body, []byte("infe\x02\x00\x00\x01\x00\x02\x00\x00Exif")); n != 1 && format == transform.AVIF {
				t.Errorf("%+v: %d items of EXIF", test.output, n)
			}
		}
	}
}

// The density in EXIF is the one that is asked for, or the original's.
func TestMetadataOfDensity(t *testing.T) {
	blocks := metadata.Blocks{EXIF: cameraEXIF()}
	dense := result(t, newJob(asPNG(t, solid(16, 16, red)), transform.Output{Format: transform.PNG, Density: transform.Num(150)})).Body
	original := must(blocks.Into(dense, transform.PNG))(t)
	for asked, want := range map[float64]string{0: "150/1", 300: "300/1"} {
		for _, format := range []transform.Format{transform.JPEG, transform.PNG} {
			output := transform.Output{Format: format, Metadata: true}
			if asked > 0 {
				output.Density = transform.Num(asked)
			}
			tags := exifIn(result(t, newJob(original, output, transform.Step{})).Body)
			if tags["XResolution"].Text != want || tags["YResolution"].Text != want || tags["ResolutionUnit"].Text != "2" {
				t.Errorf("%s at %v: %v", format, asked, tags)
			}
		}
	}
}

// What is kept is the original's, and nothing of an image that is laid on it.
func TestMetadataOfLayers(t *testing.T) {
	ref := origin.Ref{Path: "layer.jpg"}
	step := transform.Step{Layers: []transform.Layer{{Image: ref, Steps: []transform.Step{sized(8, 8, transform.Stretch, 0)}}}}
	for _, output := range []transform.Output{{Format: transform.JPEG, Metadata: true}, {Format: transform.JPEG, Copyright: true}} {
		for _, swapped := range []bool{false, true} {
			files := [][]byte{cameraFiles(t)["jpeg"], asJPEG(t, solid(16, 16, red))}
			if swapped {
				slices.Reverse(files)
			}
			job := newJob(files[0], output, step)
			job.Files = files[1:]
			if has := bytes.Contains(result(t, job).Body, []byte("Ann")); has == swapped {
				t.Errorf("%+v, of a layer: %v: %v", output, swapped, has)
			}
		}
	}
}

// Blocks that are broken, or much larger than any camera writes them, are as good as none.
func TestMetadataHostile(t *testing.T) {
	plain := asJPEG(t, solid(16, 16, red))
	bare := result(t, newJob(plain, transform.Output{Format: transform.JPEG}, transform.Step{})).Body
	png := asPNG(t, solid(16, 16, red))
	for name, original := range map[string][]byte{
		"nothing":         plain,
		"broken EXIF":     withSegment(plain, 0xe1, []byte("Exif\x00\x00MM\x00*\xff\xff\xff\xff")),
		"broken XMP":      withSegment(plain, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta")),
		"broken IPTC":     withSegment(plain, 0xed, []byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\xff\xff\xff\xff")),
		"a mebibyte more": must(metadata.Blocks{XMP: []byte(cameraXMP + strings.Repeat(" ", 1<<20))}.Into(png, transform.PNG))(t),
	} {
		for _, output := range []transform.Output{{Format: transform.JPEG, Metadata: true}, {Format: transform.JPEG, Copyright: true}} {
			if got := result(t, newJob(original, output, transform.Step{})).Body; len(got) != len(bare) {
				t.Errorf("%s, %+v: %d bytes, want %d", name, output, len(got), len(bare))
			}
		}
	}
}

// A page of a file says what the file says.
func TestMetadataOfPages(t *testing.T) {
	job := newJob(cameraFiles(t)["animated webp"], transform.Output{Format: transform.JPEG, Metadata: true}, transform.Step{})
	job.Plan.Page = 2
	if r := result(t, job); exifIn(r.Body)["Artist"].Text != "Ann" {
		t.Errorf("%v", exifIn(r.Body))
	}
}
