//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/render"
	"github.com/caddy-images/caddy-images/transform/render/draw"
	"github.com/caddy-images/caddy-images/transform/vips"
)

var endOfImage = []byte{0xff, 0xd9}

// anyStep is what makes decoders read a file in different ways: whole, at a smaller
// size, in part, in another order, twice.
var anyStep = map[string]transform.Step{
	"as it is": {},
	"smaller":  sized(20, 0, transform.Cover, 0),
	"larger":   sized(300, 0, transform.Cover, 0),
	"its top":  sized(150, 10, transform.Crop, transform.FocusTop),
	"cut":      sized(40, 10, transform.Cover, transform.FocusTop),
	"sought":   sized(40, 10, transform.Cover, transform.FocusAuto),
	"turned":   rotated(90),
	"trimmed":  trimmed(0),
	"blurred":  effect(transform.Effects{Blur: transform.Num(3)}),
}

func progressive(t testing.TB, original []byte) []byte {
	t.Helper()
	return result(t, newJob(original, transform.Output{Format: transform.JPEG, Progressive: true, Quality: 90})).Body
}

// scanStarts returns where the scans of a JPEG begin.
func scanStarts(file []byte) (at []int) {
	for n := range len(file) - 1 {
		if file[n] == 0xff && file[n+1] == 0xda {
			at = append(at, n)
		}
	}
	return at
}

// An image of which a part is missing is refused, whatever is asked of it; one
// that is all there is drawn, as if nothing were wrong with its file.
func TestDamageIsTheSameInAllFormats(t *testing.T) {
	baseline := asJPEG(t, coordinates(200, 200))
	scans := progressive(t, baseline)
	starts := scanStarts(scans)
	if len(starts) < 6 {
		t.Fatalf("%d scans", len(starts))
	}
	first := bytes.Index(baseline, []byte{0xff, 0xdb})
	warnings := append(slices.Clone(baseline[:first]), "\xff\xfe\x00\x02"...)
	for range 150 {
		warnings = append(warnings, "xy\xff\xfe\x00\x02"...)
	}
	warnings = append(warnings, baseline[first:]...)
	pixels := noise(t, 200, 200)
	film := asGIF(t, frames(100, 100)...)
	strips := tiffWith(t, nil)
	last := len(film) - 1 // its trailer
	ended := func(file []byte) []byte { return append(bytes.Clone(file), endOfImage...) }
	damagedFiles := map[string][]byte{
		"a JPEG's first half":                         baseline[:len(baseline)/2],
		"a tenth of a JPEG with an end mark":          ended(baseline[:len(baseline)/10+400]),
		"half of a JPEG with an end mark":             ended(baseline[:len(baseline)/2]),
		"a JPEG without its last blocks":              ended(baseline[:len(baseline)-12]),
		"a progressive JPEG of one scan":              ended(scans[:starts[1]]),
		"a progressive JPEG without its last scan":    ended(scans[:starts[len(starts)-1]]),
		"a progressive JPEG, cut in its last scan":    scans[:len(scans)-20],
		"a progressive JPEG, cut and with a mark":     ended(scans[:len(scans)-20]),
		"half of a PNG":                               pixels[:len(pixels)/2],
		"a PNG with another byte in it":               flipped(pixels, len(pixels)/2),
		"a GIF without half of its frames":            film[:len(film)/2],
		"a GIF without half of its frames, a trailer": append(bytes.Clone(film[:len(film)/2]), 0x3b),
		"a TIFF without its last bytes":               strips[:len(strips)-10],
	}
	for name, file := range damagedFiles {
		for asked, step := range anyStep {
			t.Run(name+", "+asked, func(t *testing.T) {
				for _, threads := range []int{1, 4} {
					job := newJob(file, transform.Output{Format: transform.PNG}, step)
					job.Threads = threads
					wantMessage(t, failure(t, job, errors.BadImage), "The original is damaged or truncated: it lacks ")
				}
			})
		}
	}
	for name, tt := range map[string]struct{ file, whole []byte }{
		"a JPEG without an end mark":             {baseline[:len(baseline)-2], baseline},
		"a JPEG with half an end mark":           {baseline[:len(baseline)-1], baseline},
		"a progressive JPEG without an end mark": {scans[:len(scans)-2], scans},
		"a JPEG with bytes before its end":       {slices.Concat(baseline[:len(baseline)-2], []byte("0123456789"), endOfImage), baseline},
		"a JPEG with bytes between segments":     {warnings, baseline},
		"a JPEG with bad EXIF":                   {slices.Concat(baseline[:2], []byte("\xff\xe1\x00\x0eExif\x00\x00IJ*\x00\xff\xff"), baseline[2:]), baseline},
		"a JPEG with a bad profile":              {slices.Concat(baseline[:2], []byte("\xff\xe2\x00\x14ICC_PROFILE\x00\x01\x02xxxx"), baseline[2:]), baseline},
		"a PNG without IEND":                     {pixels[:len(pixels)-12], pixels},
		"a PNG with a bad text":                  {slices.Concat(pixels[:33], []byte("\x00\x00\x00\x04tEXta\x00bc\x00\x00\x00\x00"), pixels[33:]), pixels},
		"a GIF without its trailer":              {film[:last], film},
		"a GIF with bytes behind it":             {append(bytes.Clone(film), "more"...), film},
	} {
		for asked, step := range anyStep {
			t.Run(name+", "+asked, func(t *testing.T) {
				output := transform.Output{Format: transform.PNG}
				if bytes.HasPrefix(tt.whole, []byte("GIF")) {
					output.Format = transform.GIF
				}
				want := result(t, newJob(tt.whole, output, step))
				got := result(t, newJob(tt.file, output, step))
				if got.Damaged || !bytes.Equal(got.Body, want.Body) {
					t.Errorf("it is another image than that of the file that has nothing wrong")
				}
			})
		}
	}
}

func flipped(file []byte, at int) []byte {
	file = bytes.Clone(file)
	file[at] ^= 0x10
	return file
}

// The same image or error comes of a file, whatever else is drawn in this
// process at the same time: another's warnings are taken for its own, and
// cost time only.
func TestDamageOfOthers(t *testing.T) {
	whole := asJPEG(t, coordinates(200, 200))
	noisy := whole[:len(whole)-2]
	broken := slices.Concat(whole[:len(whole)/2], endOfImage)
	step := anyStep["cut"]
	want := result(t, newJob(whole, transform.Output{Format: transform.PNG}, step)).Body
	done := make(chan error)
	for _, tt := range []struct {
		file []byte
		fine bool
	}{{whole, true}, {noisy, true}, {broken, false}} {
		go func() {
			for range 20 {
				r, err := draw.Draw(t.Context(), newJob(tt.file, transform.Output{Format: transform.PNG}, step))
				if (err == nil) != tt.fine || err == nil && !bytes.Equal(r.Body, want) {
					done <- fmt.Errorf("fine is %t: %v", tt.fine, err)
					return
				}
			}
			done <- nil
		}()
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestDamagedLayer(t *testing.T) {
	whole := asJPEG(t, coordinates(100, 100))
	broken := slices.Concat(whole[:len(whole)/2], endOfImage)
	job := layered(whole, map[string][]byte{"broken": broken}, transform.Step{Layers: []transform.Layer{overlay("broken", at(0, 0), transform.Step{})}})
	wantMessage(t, failure(t, job, errors.BadImage), `In the layer "broken": The original is damaged or truncated: it lacks data: scan 1 has `)
	job.DeliverDamaged = true
	if r := result(t, job); !r.Damaged {
		t.Error("it does not count as damaged")
	}
}

// What there is of a damaged file is what the whole one has there.
func TestDeliverDamaged(t *testing.T) {
	output := transform.Output{Format: transform.PNG}
	deliver := func(t *testing.T, file []byte, steps ...transform.Step) (*render.Result, *image.NRGBA) {
		t.Helper()
		job := newJob(file, output, steps...)
		job.DeliverDamaged = true
		r := result(t, job)
		return r, decode(t, r.Body)
	}
	jpeg := asJPEG(t, coordinates(200, 200))
	png := noise(t, 200, 200)
	for name, tt := range map[string]struct {
		file []byte
		rest color.NRGBA
	}{
		"jpeg": {jpeg, color.NRGBA{128, 128, 128, 255}},
		"png":  {png, color.NRGBA{0, 0, 0, 255}},
	} {
		t.Run(name, func(t *testing.T) {
			whole := drawn(t, tt.file)
			r, got := deliver(t, tt.file[:len(tt.file)*2/3])
			if !r.Damaged {
				t.Error("it does not count as damaged")
			}
			top, bottom := image.Rect(0, 0, 200, 80), image.Rect(0, 190, 200, 200)
			for y := range top.Dy() {
				if !bytes.Equal(got.Pix[y*got.Stride:][:800], whole.Pix[y*whole.Stride:][:800]) {
					t.Fatalf("row %d is not that of the whole picture", y)
				}
			}
			wantMean(t, got, bottom, tt.rest, 12)
			if r, _ := deliver(t, tt.file); r.Damaged {
				t.Error("the whole file counts as damaged")
			}
			failure(t, newJob(tt.file[:len(tt.file)*2/3], output), errors.BadImage)
		})
	}
	for name, film := range map[string][]byte{"gif": asGIF(t, frames(100, 100)...), "webp": animatedWebP(t, frames(100, 100)...)} {
		t.Run(name, func(t *testing.T) {
			job := newJob(film[:len(film)-30], transform.Output{Format: transform.GIF})
			failure(t, job, errors.BadImage)
			job.DeliverDamaged = true
			if r := result(t, job); !r.Damaged || r.Frames != len(frameColors)-1 {
				t.Errorf("%d frames, want %d; damaged: %t", r.Frames, len(frameColors)-1, r.Damaged)
			}
		})
	}
	// What has nothing that could be drawn is refused all the same.
	for _, file := range [][]byte{jpeg[:100], png[:40], []byte("hello, world"), asSVG(10, 10)[:20]} {
		job := newJob(file, output)
		job.DeliverDamaged = true
		failure(t, job, errors.BadImage)
	}
}

// Where nothing is wrong with a file but that it cannot be read, the codec is named.
func TestNotSupported(t *testing.T) {
	jpeg := asJPEG(t, coordinates(40, 40))
	sof := bytes.Index(jpeg, []byte{0xff, 0xc0})
	as := func(marker byte) []byte {
		file := bytes.Clone(jpeg)
		file[sof+1] = marker
		return file
	}
	twelve := as(0xc1)
	twelve[sof+4] = 12
	dnl := as(0xc0)
	dnl[sof+5], dnl[sof+6] = 0, 0
	raw := tiffWith(t, map[uint16]uint32{50706: 0x01040000})
	for name, tt := range map[string]struct {
		file []byte
		says string
	}{
		"lossless":                       {as(0xc3), "a lossless JPEG"},
		"hierarchical":                   {as(0xc5), "a hierarchical JPEG"},
		"lossless, coded arithmetically": {as(0xcb), "a lossless JPEG with arithmetic coding"},
		"12 bits":                        {twelve, "a JPEG of 12 bits"},
		"DNL":                            {dnl, "a JPEG that declares its height only after its pixels (DNL)"},
		"JPEG-LS":                        {as(0xf7), "a JPEG-LS"},
		"12-bit TIFF":                    {tiffWith(t, map[uint16]uint32{258: 12}), "a TIFF of 12 bits"},
		"JBIG":                           {tiffWith(t, map[uint16]uint32{259: 34661 + 1000}), "a TIFF with compression 35661"},
		"ThunderScan":                    {tiffWith(t, map[uint16]uint32{259: 34712}), "a TIFF with JPEG 2000 compression"},
		"DNG":                            {raw, "the raw data of a camera"},
		"CR2":                            {append([]byte("II*\x00\x10\x00\x00\x00CR\x02\x00"), make([]byte, 100)...), "the raw data of a camera"},
		"AVIF sequence":                  {sequence("avis"), "an AVIF sequence"},
		"HEIC sequence":                  {sequence("hevc"), "a HEIC sequence"},
		"VVC":                            {heifItem("mif1", "vvc1"), "a HEIC with VVC"},
		"JPEG XL":                        {[]byte("\xff\x0a\xfa\x1f\x41\x91\x08\x06\x01\x00\x48\x00"), "JPEG XL"},
		"JPEG XL boxes":                  {[]byte("\x00\x00\x00\x0cJXL \r\n\x87\n\x00\x00\x00\x14ftypjxl "), "JPEG XL"},
		"JPEG 2000":                      {[]byte("\x00\x00\x00\x0cjP  \r\n\x87\n\x00\x00\x00\x14ftypjp2 "), "JPEG 2000"},
		"BMP":                            {[]byte("BM\x3a\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00\x28\x00\x00\x00\x01\x00\x00\x00"), "BMP"},
		"raw of a brand":                 {append([]byte("FUJIFILMCCD-RAW 0201"), make([]byte, 100)...), "the raw data of a camera"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []transform.Step{{}, sized(10, 0, transform.Cover, 0)} {
				e := failure(t, newJob(tt.file, transform.Output{Format: transform.PNG}, step), errors.BadImage)
				if want := "The original is " + tt.says + ", which is not supported by this build"; !strings.HasPrefix(e.Message, want) {
					t.Errorf("%q, want %q", e.Message, want)
				}
			}
		})
	}
}

// A file that is damaged is not called unsupported for what it is coded with.
func TestDamagedIsNotUnsupported(t *testing.T) {
	for name, file := range map[string][]byte{
		"avif":              asAVIF(t, coordinates(100, 100))[:800],
		"heic":              originals(t)[transform.HEIC][:390],
		"jpeg without scan": asJPEG(t, coordinates(40, 40))[:300],
		"tiff":              tiffWith(t, map[uint16]uint32{279: 1 << 20}),
	} {
		e := failure(t, newJob(file, transform.Output{Format: transform.PNG}), errors.BadImage)
		if strings.Contains(e.Message, "not supported") && (name != "heic" || vips.DecodesHEVC()) {
			t.Errorf("%s: %q", name, e.Message)
		}
	}
}

// tiffWith returns a gray TIFF of 8x8 pixels in one strip, with some tags of
// its own.
func tiffWith(t *testing.T, own map[uint16]uint32) []byte {
	t.Helper()
	tags := map[uint16]uint32{256: 8, 257: 8, 258: 8, 259: 1, 262: 1, 273: 0, 277: 1, 278: 8, 279: 96}
	for tag, value := range own {
		tags[tag] = value
	}
	b := []byte("II*\x00\x08\x00\x00\x00")
	b = binary.LittleEndian.AppendUint16(b, uint16(len(tags)))
	tags[273] = uint32(len(b) + 12*len(tags) + 4)
	var order []uint16
	for tag := range tags {
		order = append(order, tag)
	}
	slices.Sort(order)
	for _, tag := range order {
		b = binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(b, tag), 4)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, 1), tags[tag])
	}
	return append(append(b, 0, 0, 0, 0), make([]byte, 96)...)
}

func heifBox(kind string, content ...string) string {
	all := strings.Join(content, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(all)+8))) + kind + all
}

// sequence returns a HEIF that has moving images and no still one.
func sequence(brand string) []byte {
	return []byte(heifBox("ftyp", brand, "\x00\x00\x00\x00", "msf1", "iso8") + heifBox("moov", heifBox("mvhd", strings.Repeat("\x00", 100))) + heifBox("mdat", strings.Repeat("x", 100)))
}

// heifItem returns a HEIF of one item, of a type, without what it is decoded
// with.
func heifItem(brand, kind string) []byte {
	const zero = "\x00\x00\x00\x00"
	meta := heifBox("meta", zero,
		heifBox("hdlr", zero, zero, "pict", strings.Repeat("\x00", 13)),
		heifBox("pitm", zero, "\x00\x01"),
		heifBox("iloc", zero, "\x44\x00\x00\x01", "\x00\x01\x00\x00\x00\x01", "\x00\x00\x01\x00", "\x00\x00\x00\x10"),
		heifBox("iinf", zero, "\x00\x01", heifBox("infe", "\x02\x00\x00\x00", "\x00\x01\x00\x00", kind, "\x00")),
		heifBox("iprp", heifBox("ipco", heifBox("ispe", zero, "\x00\x00\x00\x40\x00\x00\x00\x40")), heifBox("ipma", zero, "\x00\x00\x00\x01", "\x00\x01\x01\x01")),
	)
	return []byte(heifBox("ftyp", brand, zero, "mif1") + meta + heifBox("mdat", strings.Repeat("x", 400)))
}
