//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"math"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// withChunk puts a chunk behind a PNG's header.
func withChunk(file []byte, kind string, content ...byte) []byte {
	const behind = 8 + 25
	b := binary.BigEndian.AppendUint32(slices.Clone(file[:behind]), uint32(len(content)))
	named := append([]byte(kind), content...)
	b = binary.BigEndian.AppendUint32(append(b, named...), crc32.ChecksumIEEE(named))
	return append(b, file[behind:]...)
}

// whole are numbers of 32 bits.
func whole(values ...uint32) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// withNCLX describes the colours of the one image of a HEIF as libheif writes
// it, with 32 bits for each offset in iloc: by what is there, or by a new
// property.
func withNCLX(t testing.TB, file []byte, primaries, transfer byte) []byte {
	t.Helper()
	file = slices.Clone(file)
	if at := bytes.Index(file, []byte("colrnclx")); at > 0 {
		file[at+9], file[at+11] = primaries, transfer
		return file
	}
	return withProperty(t, file, "colr", 'n', 'c', 'l', 'x', 0, primaries, 0, transfer, 0, 6, 0x80)
}

// withProperty adds one to all items of a HEIF.
func withProperty(t testing.TB, file []byte, kind string, content ...byte) []byte {
	t.Helper()
	at := func(name string) int {
		n := bytes.Index(file, []byte(name))
		if n < 4 {
			t.Fatalf("no %s", name)
		}
		return n - 4
	}
	grow := func(at, by int) { binary.BigEndian.PutUint32(file[at:], binary.BigEndian.Uint32(file[at:])+uint32(by)) }
	insert := func(where int, b []byte, in ...string) {
		for _, name := range in {
			grow(at(name), len(b))
		}
		file = slices.Insert(file, where, b...)
	}
	size := func(at int) int { return int(binary.BigEndian.Uint32(file[at:])) }

	added := append(append(whole(uint32(8+len(content))), kind...), content...)
	ipco, count := at("ipco"), byte(0)
	for n := ipco + 8; n < ipco+size(ipco); n += size(n) {
		count++
	}
	insert(ipco+size(ipco), added, "ipco", "iprp", "meta")
	items := int(binary.BigEndian.Uint32(file[at("ipma")+12:]))
	for n := at("ipma") + 16; items > 0; items-- {
		file[n+2]++
		n += 3 + int(file[n+2])
		insert(n-1, []byte{count + 1}, "ipma", "iprp", "meta")
	}
	// The pixels have moved. Version 0, sizes of 4: either the base or the offset is 0.
	iloc := at("iloc")
	base := int(file[iloc+13] >> 4)
	for n, left := iloc+16, int(file[iloc+15]); left > 0; left-- {
		moved := len(added) + int(binary.BigEndian.Uint32(file[at("ipma")+12:]))
		switch {
		case base == 4:
			grow(n+4, moved)
			n += 4 + 4 + 2 + 8
		default:
			grow(n+6, moved)
			n += 4 + 2 + 8
		}
	}
	return file
}

// deep returns a PNG of one colour of 16 bits, of which the numbers are
// parts.
func deep(t testing.TB, r, g, b float64) []byte {
	i := image.NewNRGBA64(image.Rect(0, 0, 24, 16))
	for n := range 24 * 16 {
		i.SetNRGBA64(n%24, n/24, color.NRGBA64{part(r), part(g), part(b), 0xffff})
	}
	return asPNG(t, i)
}

func part(v float64) uint16 { return uint16(math.Round(65535 * v)) }

var (
	p3Pixel = color.NRGBA{60, 180, 90, 255}
	p3Seen  = color.NRGBA{0, 183, 78, 255}

	// White, red, green and blue of Display P3, as cHRM has them.
	p3Chroma = whole(31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000)
)

// Expected colours are computed from H.273 and BT.2100, see package colorimetry.
func TestDescribedPNG(t *testing.T) {
	plain := asPNG(t, solid(24, 16, p3Pixel))
	cICP := func(file []byte, primaries, transfer byte) []byte {
		return withChunk(file, "cICP", primaries, transfer, 0, 1)
	}
	palette := image.NewPaletted(image.Rect(0, 0, 24, 16), color.Palette{p3Pixel})
	flat := image.NewGray(image.Rect(0, 0, 24, 16))
	flat16 := image.NewGray16(image.Rect(0, 0, 24, 16))
	for n := range flat.Pix {
		flat.Pix[n] = 128
	}
	for n := range flat16.Pix {
		flat16.Pix[n] = 128
	}
	veil := color.NRGBA{60, 180, 90, 100}
	adobe := inProfile(t, solid(24, 16, p3Pixel), "p3", transform.PNG, vips.KeepAll)
	broken := inVips(t, solid(24, 16, p3Pixel), 3)
	broken.SetBlob(vips.FieldProfile, bytes.Repeat([]byte("no profile "), 40))
	for name, tt := range map[string]struct {
		file []byte
		want color.NRGBA
	}{
		"cICP":                    {cICP(plain, 12, 13), p3Seen},
		"gAMA and cHRM":           {withChunk(withChunk(plain, "gAMA", whole(45455)...), "cHRM", p3Chroma...), color.NRGBA{0, 185, 77, 255}},
		"cHRM":                    {withChunk(plain, "cHRM", p3Chroma...), p3Seen},
		"gAMA":                    {withChunk(asPNG(t, solid(24, 16, color.NRGBA{60, 128, 200, 255})), "gAMA", whole(55556)...), color.NRGBA{77, 146, 210, 255}},
		"of a palette":            {cICP(asPNG(t, palette), 12, 13), p3Seen},
		"of a gray":               {withChunk(asPNG(t, flat), "gAMA", whole(55556)...), tone(146)},
		"of a gray, 16 bits":      {withChunk(asPNG(t, flat16), "gAMA", whole(55556)...), tone(146)},
		"of a gray, cICP":         {cICP(asPNG(t, flat), 12, 13), tone(128)},
		"16 bits":                 {cICP(deep(t, 60./255, 180./255, 90./255), 12, 13), p3Seen},
		"narrow":                  {withChunk(asPNG(t, solid(24, 16, color.NRGBA{16, 126, 235, 255})), "cICP", 1, 13, 0, 0), color.NRGBA{0, 128, 255, 255}},
		"sRGB over cHRM":          {withChunk(withChunk(plain, "cHRM", p3Chroma...), "sRGB", 0), p3Pixel},
		"cICP over sRGB":          {withChunk(cICP(plain, 12, 13), "sRGB", 0), p3Seen},
		"iCCP over cHRM":          {withChunk(adobe, "cHRM", p3Chroma...), p3Pixel},
		"iCCP over sRGB":          {withChunk(adobe, "sRGB", 0), p3Pixel},
		"cICP over iCCP":          {cICP(inProfile(t, solid(24, 16, p3Pixel), "srgb", transform.PNG, vips.KeepAll), 12, 13), p3Seen},
		"cHRM beside a bad iCCP":  {withChunk(must(broken.ExportPng(vips.PngOptions{Keep: vips.KeepAll}))(t), "cHRM", p3Chroma...), p3Seen},
		"cICP with a matrix":      {withChunk(plain, "cICP", 12, 13, 1, 1), p3Pixel},
		"cHRM that makes nothing": {withChunk(plain, "cHRM", whole(0, 0, 1, 1, 1, 1, 1, 1)...), p3Pixel},
		"transparent":             {cICP(asPNG(t, solid(24, 16, veil)), 12, 13), color.NRGBA{0, 183, 78, 100}},
		"PQ":                      {cICP(deep(t, 0.58, 0.58, 0.58), 9, 16), tone(229)},
		"PQ, colours":             {cICP(deep(t, 0.4, 0.3, 0.25), 9, 16), color.NRGBA{133, 53, 39, 255}},
		"PQ and MaxCLL":           {withChunk(cICP(deep(t, 0.58, 0.58, 0.58), 9, 16), "cLLI", whole(4000_0000, 0)...), tone(208)},
		"HLG":                     {cICP(deep(t, 0.75, 0.75, 0.75), 9, 18), tone(229)},
		"HLG, colours":            {cICP(deep(t, 0.5, 0.4, 0.3), 9, 18), color.NRGBA{148, 104, 77, 255}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []transform.Step{{}, sized(12, 0, transform.Cover, 0), sized(48, 32, transform.Stretch, 0), rotated(90), trimmed(5)} {
				wantSeen(t, drawn(t, tt.file, step), tt.want, 2)
			}
			if tt.want.A != 255 || name == "iCCP over cHRM" || name == "iCCP over sRGB" {
				return // which is kept, as TestProfileKept has it
			}
			// A profile or metadata that are to be kept do not keep the description.
			for _, output := range []transform.Output{
				{Format: transform.JPEG}, {Format: transform.JPEG, Profile: true}, {Format: transform.PNG, Metadata: true},
				{Format: transform.WebP, Metadata: true}, {Format: transform.AVIF, Profile: true},
			} {
				output.Quality = 95
				body := result(t, newJob(tt.file, output)).Body
				wantSeen(t, asSeen(t, body), tt.want, 5)
			}
		})
	}
}

// wantSeen checks that an image is of one colour: within 2 by CIEDE2000, and
// by the samples.
func wantSeen(t testing.TB, i *image.NRGBA, want color.NRGBA, tolerance int) {
	t.Helper()
	middle := i.NRGBAAt(i.Bounds().Dx()/2, i.Bounds().Dy()/2)
	if d := deltaE(middle, want); d >= 2 {
		t.Errorf("%v, want %v: a difference of %.1f", middle, want, d)
	}
	wantEverywhere(t, i, want, tolerance)
}

// What is sRGB is not touched.
func TestDescribedAsSRGB(t *testing.T) {
	i := paint(64, 48, func(x, y int) color.NRGBA { return color.NRGBA{uint8(4 * x), uint8(5 * y), uint8(x + y), 255} })
	plain := asPNG(t, i)
	sRGBChroma := whole(31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
	for name, file := range map[string][]byte{
		"gAMA":          withChunk(plain, "gAMA", whole(45455)...),
		"gAMA and cHRM": withChunk(withChunk(plain, "gAMA", whole(45455)...), "cHRM", sRGBChroma...),
		"cHRM":          withChunk(plain, "cHRM", sRGBChroma...),
		"sRGB":          withChunk(plain, "sRGB", 0),
		"cICP":          withChunk(plain, "cICP", 1, 13, 0, 1),
		"cICP, BT.709":  withChunk(plain, "cICP", 1, 1, 0, 1),
	} {
		t.Run(name, func(t *testing.T) { wantLike(t, drawn(t, file), i, 0) })
	}
}

// A layer is in colours of its own, and so is what it lies on.
func TestDescribedLayer(t *testing.T) {
	below := withChunk(asPNG(t, solid(24, 16, p3Pixel)), "cICP", 12, 13, 0, 1)
	above := withChunk(asPNG(t, solid(8, 8, color.NRGBA{200, 50, 120, 255})), "cICP", 12, 13, 0, 1)
	for _, keep := range []bool{false, true} {
		job := layered(below, map[string][]byte{"above": above}, transform.Step{Layers: []transform.Layer{overlay("above", at(0, 0))}})
		job.Plan.Output.Profile = keep
		i := decode(t, result(t, job).Body)
		wantColor(t, i, 4, 4, color.NRGBA{218, 24, 121, 255}, 2)
		wantColor(t, i, 20, 12, p3Seen, 2)
	}
}

// deepAVIF is an AVIF of 16 by 16 pixels, 10 bits, that says nothing of its colours: 0.4,
// 0.3 and 0.25 of full scale. The libvips of most distributions cannot write one; it is
// sharp's: avif({quality: 90, bitdepth: 10}).
const deepAVIF = "" +
	"AAAAHGZ0eXBhdmlmAAAAAG1pZjFhdmlmbWlhZgAAANZtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAA" +
	"AAAERAAAEAAQAAAAAA+gABAAAAAAAAACUAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABhdjAxAAAAAA5waXRtAAAAAAABAAAAVmlwcnAA" +
	"AAA4aXBjbwAAAAxhdjFDgSBCAAAAABRpc3BlAAAAAAAAABAAAAAQAAAAEHBpeGkAAAAAAwoKCgAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAtbW" +
	"RhdBIACgg4DP/awENBpDIXEgJDSoAA8gAAdYKJb+J9y/Ca32s+AYQ="

func TestDescribedHEIF(t *testing.T) {
	// Lossless is about the samples of YCbCr; what RGB they are is asked of the decoder.
	avif := must(inVips(t, solid(64, 64, p3Pixel), 3).ExportAvif(vips.AvifOptions{Quality: 100, Subsample: vips.SubsampleOff}))(t)
	dark := must(base64.StdEncoding.DecodeString(deepAVIF))(t)
	held := must(base64.StdEncoding.DecodeString(heic))(t)
	for name, tt := range map[string]struct {
		file []byte
		want color.NRGBA
	}{
		"AVIF, P3":          {withNCLX(t, avif, 12, 13), p3Seen},
		"AVIF, P3 of video": {withNCLX(t, avif, 12, 1), p3Seen},
		"AVIF, sRGB":        {withNCLX(t, avif, 1, 13), p3Pixel},
		"AVIF, BT.709":      {withNCLX(t, avif, 1, 1), p3Pixel},
		"AVIF, unspecified": {withNCLX(t, avif, 2, 2), p3Pixel},
		"AVIF, BT.2020":     {withNCLX(t, avif, 9, 13), color.NRGBA{0, 189, 74, 255}},
		"AVIF, PQ":          {withNCLX(t, dark, 9, 16), color.NRGBA{133, 53, 39, 255}},
		"AVIF, PQ and clli": {withProperty(t, withNCLX(t, dark, 9, 16), "clli", 0x27, 0x10, 0, 0), color.NRGBA{132, 53, 39, 255}},
		"AVIF, HLG":         {withNCLX(t, dark, 9, 18), color.NRGBA{116, 74, 62, 255}},
		"AVIF of 10 bits":   {withNCLX(t, dark, 12, 13), color.NRGBA{107, 75, 62, 255}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, step := range []transform.Step{{}, sized(12, 0, transform.Cover, 0)} {
				wantSeen(t, drawn(t, tt.file, step), tt.want, 3)
				wantSeen(t, written(t, tt.file, transform.Output{Format: transform.AVIF, Quality: 95, Profile: true}, step), tt.want, 5)
			}
		})
	}
	t.Run("HEIC", func(t *testing.T) {
		if !vips.DecodesHEVC() {
			t.Skip("this libvips cannot decode HEVC")
		}
		// Red and blue, as they are below; of P3, red is beyond what sRGB has.
		i := drawn(t, withNCLX(t, held, 12, 13))
		wantColor(t, i, 16, 32, color.NRGBA{240, 0, 23, 255}, 2)
		wantColor(t, i, 48, 32, color.NRGBA{35, 61, 207, 255}, 2)
		plain := drawn(t, held)
		wantColor(t, plain, 16, 32, color.NRGBA{220, 40, 41, 255}, 2)
		wantColor(t, plain, 48, 32, color.NRGBA{41, 60, 199, 255}, 2)
	})
}

// A profile in a HEIF counts over its code points.
func TestDescribedBesideProfile(t *testing.T) {
	converted := must(inVips(t, solid(64, 64, p3Pixel), 3).IccTransform("p3", vips.ICCOptions{Input: "srgb"}))(t)
	file := must(converted.ExportAvif(vips.AvifOptions{Quality: 100, Subsample: vips.SubsampleOff, Keep: vips.KeepProfile}))(t)
	if !opened(t, file).HasProfile() {
		t.Fatal("no profile")
	}
	wantSeen(t, drawn(t, withNCLX(t, file, 9, 16)), p3Pixel, 3)
}

// deltaE is CIEDE2000 (Sharma, Wu and Dalal, 2005) of two opaque colours of sRGB.
func deltaE(a, b color.NRGBA) float64 {
	l1, a1, b1 := lab(a)
	l2, a2, b2 := lab(b)
	rad, deg := math.Pi/180, 180/math.Pi
	c := (math.Hypot(a1, b1) + math.Hypot(a2, b2)) / 2
	c7 := math.Pow(c, 7)
	g := (1 - math.Sqrt(c7/(c7+6103515625))) / 2
	a1, a2 = a1*(1+g), a2*(1+g)
	c1, c2 := math.Hypot(a1, b1), math.Hypot(a2, b2)
	angle := func(y, x float64) float64 { return math.Mod(math.Atan2(y, x)*deg+360, 360) }
	h1, h2 := angle(b1, a1), angle(b2, a2)
	dh, h := h2-h1, (h1+h2)/2
	switch {
	case c1*c2 == 0:
		dh, h = 0, h1+h2
	case math.Abs(dh) > 180:
		h += 180
		if h >= 360 {
			h -= 360
		}
		dh -= math.Copysign(360, dh)
	}
	l, cc := (l1+l2)/2, (c1+c2)/2
	dl, dc, dH := l2-l1, c2-c1, 2*math.Sqrt(c1*c2)*math.Sin(dh/2*rad)
	tt := 1 - 0.17*math.Cos((h-30)*rad) + 0.24*math.Cos(2*h*rad) + 0.32*math.Cos((3*h+6)*rad) - 0.2*math.Cos((4*h-63)*rad)
	sl := 1 + 0.015*(l-50)*(l-50)/math.Sqrt(20+(l-50)*(l-50))
	sc, sh := 1+0.045*cc, 1+0.015*cc*tt
	cc7 := math.Pow(cc, 7)
	rt := -2 * math.Sqrt(cc7/(cc7+6103515625)) * math.Sin(60*math.Exp(-math.Pow((h-275)/25, 2))*rad)
	dl, dc, dH = dl/sl, dc/sc, dH/sh
	return math.Sqrt(dl*dl + dc*dc + dH*dH + rt*dc*dH)
}

// lab returns the colour in CIELAB, with the white of sRGB.
func lab(c color.NRGBA) (l, a, b float64) {
	light := func(v uint8) float64 {
		if s := float64(v) / 255; s > 0.04045 {
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	red, green, blue := light(c.R), light(c.G), light(c.B)
	x := f((0.4124564*red + 0.3575761*green + 0.1804375*blue) / 0.95047)
	y := f(0.2126729*red + 0.7151522*green + 0.0721750*blue)
	z := f((0.0193339*red + 0.1191920*green + 0.9503041*blue) / 1.08883)
	return 116*y - 16, 500 * (x - y), 200 * (y - z)
}

// The data of Sharma, Wu and Dalal are in CIELAB; these two are in sRGB, and known from
// what is above the difference that is just seen.
func TestDeltaE(t *testing.T) {
	if d := deltaE(p3Pixel, p3Pixel); d != 0 {
		t.Errorf("of one colour: %v", d)
	}
	if d := deltaE(p3Pixel, p3Seen); d < 2 {
		t.Errorf("of P3 and sRGB: %v", d)
	}
	if d := deltaE(black, white); math.Abs(d-100) > 0.1 {
		t.Errorf("of black and white: %v", d)
	}
}
