//go:build cgo

package draw_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"testing"

	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// Go reads 16 bits by keeping the upper eight; so do we.
func TestDepths(t *testing.T) {
	const w, h = 40, 30
	at := func(x, y int) color.NRGBA64 {
		return color.NRGBA64{uint16(x * 1600), uint16(y * 2100), uint16(x*900 + y*700), 0xffff}
	}
	deep := image.NewNRGBA64(image.Rect(0, 0, w, h))
	seen := image.NewNRGBA64(image.Rect(0, 0, w, h))
	grays := image.NewGray16(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			deep.SetNRGBA64(x, y, at(x, y))
			grays.SetGray16(x, y, color.Gray16{Y: uint16(x * 1600)})
			c := at(x, y)
			c.A = uint16(x*1000 + 20000)
			seen.SetNRGBA64(x, y, c)
		}
	}
	for name, original := range map[string]image.Image{"rgb": deep, "rgba": seen, "gray": grays} {
		t.Run(name, func(t *testing.T) {
			file := asPNG(t, original)
			want := paint(w, h, func(x, y int) color.NRGBA {
				if name == "gray" {
					return tone(uint8(grays.Gray16At(x, y).Y >> 8))
				}
				c := original.(*image.NRGBA64).NRGBA64At(x, y)
				return color.NRGBA{uint8(c.R >> 8), uint8(c.G >> 8), uint8(c.B >> 8), uint8(c.A >> 8)}
			})
			wantLike(t, drawn(t, file), want, 1)
			wantLike(t, written(t, file, transform.Output{Format: transform.PNG, Profile: true}), want, 1)
			// Every step takes it.
			step := transform.Step{
				Resize:  sized(20, 20, transform.Cover, transform.FocusAuto).Resize,
				Effects: transform.Effects{Contrast: true, Blur: transform.Num(2), Sharpen: transform.Sharpen{On: true}},
				Rotate:  transform.Num(45), Corners: radii(3), Opacity: transform.Num(50),
			}
			if r := result(t, newJob(file, transform.Output{Format: transform.PNG}, step)); r.Size.Width < 28 {
				t.Errorf("%+v", r.Size)
			}
		})
	}
}

func TestPixelKinds(t *testing.T) {
	const w, h = 16, 16
	gray := image.NewGray(image.Rect(0, 0, w, h))
	palette := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{red, green, color.NRGBA{40, 60, 200, 128}})
	for n := range gray.Pix {
		gray.Pix[n] = uint8(n)
		palette.Pix[n] = uint8(n % 3)
	}
	bits := image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{black, white})
	for n := range bits.Pix {
		bits.Pix[n] = uint8(n % 2)
	}
	for name, i := range map[string]image.Image{"gray": gray, "palette": palette, "1 bit": bits} {
		t.Run(name, func(t *testing.T) {
			wantLike(t, drawn(t, asPNG(t, i)), toNRGBA(i), 0)
		})
	}
	t.Run("gray JPEG", func(t *testing.T) {
		flat := image.NewGray(image.Rect(0, 0, w, h))
		for n := range flat.Pix {
			flat.Pix[n] = 77
		}
		wantEverywhere(t, drawn(t, asJPEG(t, flat)), tone(77), 1)
		wantEverywhere(t, drawn(t, asJPEG(t, flat), sized(4, 4, transform.Stretch, 0)), tone(77), 1)
	})
	t.Run("gray and alpha", func(t *testing.T) {
		scope := vips.NewScope(context.Background())
		defer scope.Close()
		samples := bytes.Repeat([]byte{90, 100}, w*h)
		i := must(scope.NewImageFromMemory(samples, w, h, 2, vips.InterpretationBW))(t)
		file := must(i.ExportPng(vips.PngOptions{}))(t)
		for _, step := range []transform.Step{{}, sized(8, 8, transform.Stretch, 0)} {
			wantEverywhere(t, drawn(t, file, step), color.NRGBA{90, 90, 90, 100}, 1)
		}
	})
}

// inProfile returns an image whose numbers are in another colour space, as a
// file that says so or not.
func inProfile(t *testing.T, i *image.NRGBA, profile string, format transform.Format, keep vips.Keep) []byte {
	t.Helper()
	converted := must(inVips(t, i, 3).IccTransform(profile, vips.ICCOptions{Input: "srgb"}))(t)
	if format == transform.JPEG {
		return must(converted.ExportJpeg(vips.JpegOptions{Quality: 95, Keep: keep}))(t)
	}
	return must(converted.ExportPng(vips.PngOptions{Keep: keep}))(t)
}

// Colours come out as they went in, whichever space they were in between.
func TestProfiles(t *testing.T) {
	// One square each: what takes long is a profile, and not a pixel.
	colours := []color.NRGBA{{180, 70, 60, 255}, {90, 150, 90, 255}, {70, 90, 150, 255}, gray}
	const side = 64
	i := paint(side*len(colours), side, func(x, _ int) color.NRGBA { return colours[x/side] })
	// wants looks at the middle of each square, away from what scaling and JPEG make of
	// its borders.
	wants := func(t *testing.T, i *image.NRGBA, tolerance int) {
		t.Helper()
		size := i.Bounds().Dy()
		for n, c := range colours {
			middle := image.Rect(n*size+size/4, size/4, n*size+size*3/4, size*3/4)
			wantEverywhere(t, atOrigin(i.SubImage(middle)), c, tolerance)
		}
	}
	inks := 14 // inks show less
	if since(t, 8, 17) {
		// lcms 2.19, as the prebuilt 8.18 has it, finds a darker black in the profile
		// than 2.14 does, and moves what is dark further.
		inks = 23
	}
	for _, test := range []struct {
		name      string
		file      []byte
		tolerance int
	}{
		{"p3 png", inProfile(t, i, "p3", transform.PNG, vips.KeepAll), 2},
		{"p3 jpeg", inProfile(t, i, "p3", transform.JPEG, vips.KeepAll), 3},
		{"srgb", inProfile(t, i, "srgb", transform.PNG, vips.KeepAll), 1},
		{"cmyk", inProfile(t, i, "cmyk", transform.JPEG, vips.KeepAll), inks},
		{"cmyk without a profile", inProfile(t, i, "cmyk", transform.JPEG, vips.KeepNone), inks},
	} {
		t.Run(test.name, func(t *testing.T) {
			wants(t, drawn(t, test.file), test.tolerance)
			wants(t, drawn(t, test.file, sized(side*len(colours)/2, 0, transform.Cover, 0)), test.tolerance)
			// A profile that is kept is sRGB's where the image had to be
			// converted, so that both still belong together.
			wants(t, asSeen(t, result(t, newJob(test.file, transform.Output{Format: transform.PNG, Profile: true})).Body), test.tolerance)
		})
	}
}

// asSeen applies a file's own profile.
func asSeen(t *testing.T, body []byte) *image.NRGBA {
	t.Helper()
	i := opened(t, body)
	if i.HasProfile() {
		i = must(i.IccTransform("srgb", vips.ICCOptions{Embedded: true}))(t)
	}
	return pixelsOf(t, i)
}

func TestProfileKept(t *testing.T) {
	c := color.NRGBA{200, 50, 50, 255}
	file := inProfile(t, solid(16, 16, c), "p3", transform.PNG, vips.KeepAll)
	profile, _ := opened(t, file).GetBlob(vips.FieldProfile)
	numbers := decode(t, file)
	if distance(numbers.NRGBAAt(0, 0), c) < 5 {
		t.Fatal("Display P3 has the numbers of sRGB")
	}
	for _, format := range []transform.Format{transform.PNG, transform.JPEG, transform.WebP, transform.AVIF} {
		for _, output := range []transform.Output{{Format: format, Profile: true, Quality: 95}, {Format: format, Metadata: true, Quality: 95}} {
			body := result(t, newJob(file, output, sized(8, 0, transform.Cover, 0))).Body
			if kept, _ := opened(t, body).GetBlob(vips.FieldProfile); !bytes.Equal(kept, profile) {
				t.Errorf("%+v: a profile of %d bytes, want the original's %d", output, len(kept), len(profile))
			}
			wantEverywhere(t, decode(t, body), numbers.NRGBAAt(0, 0), 5)
		}
		body := result(t, newJob(file, transform.Output{Format: format, Quality: 95})).Body
		if opened(t, body).HasProfile() {
			t.Errorf("%s: a profile nobody asked for", format)
		}
		wantEverywhere(t, decode(t, body), c, 5)
	}
}

// A profile that is broken, or of another kind of image, is as good as none.
func TestProfileBroken(t *testing.T) {
	cmyk, _ := opened(t, inProfile(t, solid(8, 8, red), "cmyk", transform.JPEG, vips.KeepAll)).GetBlob(vips.FieldProfile)
	for name, profile := range map[string][]byte{"garbage": bytes.Repeat([]byte("no profile "), 40), "of CMYK": cmyk} {
		t.Run(name, func(t *testing.T) {
			i := inVips(t, solid(16, 16, red), 3)
			i.SetBlob(vips.FieldProfile, profile)
			file := must(i.ExportJpeg(vips.JpegOptions{Quality: 95, Keep: vips.KeepAll}))(t)
			wantEverywhere(t, drawn(t, file), red, 3)
		})
	}
}

// Nothing but the image, unless it is asked for.
func TestMetadata(t *testing.T) {
	secret := []byte("48.8566 N 2.3522 E")
	file := oriented(asJPEG(t, solid(32, 32, red)), 1)
	file = withSegment(file, 0xe1, append(append([]byte("http://ns.adobe.com/xap/1.0/\x00<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"+
		"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:source>"), secret...), "</dc:source></rdf:Description></rdf:RDF>"...))
	file = withSegment(file, 0xfe, secret)
	i := opened(t, file)
	if !i.HasField(vips.FieldExif) || !i.HasField(vips.FieldXMP) {
		t.Fatalf("the original has %v", i.FieldNames())
	}
	for _, format := range writable {
		for _, profile := range []bool{false, true} {
			body := result(t, newJob(file, transform.Output{Format: format, Profile: profile}, sized(16, 0, transform.Cover, 0))).Body
			if bytes.Contains(body, secret) || bytes.Contains(body, []byte("Exif\x00\x00")) || opened(t, body).HasField(vips.FieldXMP) {
				t.Errorf("%s keeps metadata", format)
			}
		}
		body := result(t, newJob(file, transform.Output{Format: format, Metadata: true}, sized(16, 0, transform.Cover, 0))).Body
		if !bytes.Contains(body, secret) {
			t.Errorf("%s loses metadata", format)
		}
	}
}

// 16 bits and a profile: converted, or kept except for the lower bits.
func TestDeepProfile(t *testing.T) {
	c := color.NRGBA{200, 50, 50, 255}
	deep := must(inVips(t, solid(16, 16, c), 3).IccTransform("p3", vips.ICCOptions{Input: "srgb", Depth: 16}))(t)
	file := must(deep.ExportPng(vips.PngOptions{Keep: vips.KeepAll}))(t)
	if opened(t, file).BandFormat() != vips.BandFormatUshort {
		t.Fatal("the original has 8 bits")
	}
	shallow := decode(t, inProfile(t, solid(16, 16, c), "p3", transform.PNG, vips.KeepAll)).NRGBAAt(0, 0)
	for _, step := range []transform.Step{{}, sized(8, 0, transform.Cover, 0), rotated(90)} {
		wantEverywhere(t, drawn(t, file, step), c, 2)
		wantEverywhere(t, written(t, file, transform.Output{Format: transform.PNG, Profile: true}, step), shallow, 1)
	}
}

// Sixteen bits with alpha are premultiplied by their own full scale.
func TestDeepTransparent(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 40, 40))
	for y := range 40 {
		for x := range 40 {
			deep.SetNRGBA64(x, y, color.NRGBA64{200 * 257, 100 * 257, 50 * 257, 128 * 257})
		}
	}
	for _, side := range []int{20, 33, 60} {
		wantEverywhere(t, drawn(t, asPNG(t, deep), sized(side, side, transform.Stretch, 0)), color.NRGBA{200, 100, 50, 128}, 1)
	}
}
