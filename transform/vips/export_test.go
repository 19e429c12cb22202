//go:build cgo

package vips

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

type exporter struct {
	format sniff.Format
	export func(*Image, Keep) ([]byte, error)
}

var exporters = []exporter{
	{sniff.JPEG, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportJpeg(JpegOptions{Quality: 90, Interlace: true, OptimizeCoding: true, Subsample: SubsampleOff, Keep: keep})
	}},
	{sniff.PNG, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportPng(PngOptions{Compression: 9, Interlace: true, Keep: keep})
	}},
	{sniff.PNG, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportPng(PngOptions{Palette: true, Quality: 90, Effort: 5, Bitdepth: 8, Keep: keep})
	}},
	{sniff.WebP, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportWebp(WebpOptions{Quality: 90, AlphaQ: 80, Effort: 2, Keep: keep})
	}},
	{sniff.WebP, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportWebp(WebpOptions{Lossless: true, Keep: keep})
	}},
	{sniff.WebP, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportWebp(WebpOptions{Quality: 90, Preset: PresetPhoto, SmartSubsample: true, Keep: keep})
	}},
	{sniff.JPEG, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportJpeg(JpegOptions{Quality: 90, Trellis: true, Keep: keep})
	}},
	{sniff.AVIF, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportAvif(AvifOptions{Quality: 80, Effort: 2, Subsample: SubsampleOff, Keep: keep})
	}},
	{sniff.GIF, func(i *Image, keep Keep) ([]byte, error) {
		return i.ExportGif(GifOptions{Effort: 3, Bitdepth: 8, Interlace: true, NoDither: true, Keep: keep})
	}},
}

func TestExportRoundTrip(t *testing.T) {
	s := newScope(t)
	for _, e := range exporters {
		t.Run(string(e.format), func(t *testing.T) {
			for name, picture := range map[string]*Image{
				"opaque": solid(t, s, 40, 30, 200, 100, 50),
				"glass":  solid(t, s, 40, 30, 200, 100, 50, 255),
			} {
				buf := must[[]byte](t)(e.export(picture, KeepNone))
				if format, _ := sniff.Sniff(buf); format != e.format {
					t.Fatalf("%s: sniffed %q", name, format)
				}
				back := open(t, s, buf, LoadOptions{Access: Random})
				wantSize(t, back, 40, 30)
				for n, want := range []float64{200, 100, 50} {
					band := must[*Image](t)(back.ExtractBand(n, 1))
					if mean := must[float64](t)(band.Average()); math.Abs(mean-want) > 4 {
						t.Errorf("%s: band %d has mean %v, want %v", name, n, mean, want)
					}
				}
			}
		})
	}
}

// An image in which each row is the one above and one more is packed to almost
// nothing as the difference to it, and badly as it is.
func TestExportPngFilter(t *testing.T) {
	s := newScope(t)
	var samples []byte
	for y := range 64 {
		for x := range 64 {
			samples = append(samples, byte(x*x*7+y))
		}
	}
	picture := must[*Image](t)(s.NewImageFromMemory(samples, 64, 64, 1, InterpretationBW))
	size := func(f PngFilter) int { return len(must[[]byte](t)(picture.ExportPng(PngOptions{Filter: f}))) }
	none, up, all := size(PngFilterNone), size(PngFilterUp), size(PngFilterAll)
	if up > none/3 || all > none/3 {
		t.Errorf("%d bytes unfiltered, %d with rows as differences, %d with what suits each row", none, up, all)
	}
	back := open(t, s, must[[]byte](t)(picture.ExportPng(PngOptions{Filter: PngFilterUp})), LoadOptions{Access: Random})
	wantPixel(t, back, 9, 40, 1, 9*9*7%256+40)
}

func TestExportJpegBackground(t *testing.T) {
	s := newScope(t)
	buf := must[[]byte](t)(solid(t, s, 16, 16, 200, 100, 50, 0).ExportJpeg(JpegOptions{Background: []float64{10, 20, 30}}))
	wantPixel(t, open(t, s, buf, LoadOptions{}), 8, 8, 3, 10, 20, 30)
}

func TestExportAnimation(t *testing.T) {
	s := newScope(t)
	frames := open(t, s, animation(t, s), LoadOptions{Pages: -1, Access: Random})
	for name, export := range map[string]func() ([]byte, error){
		"gif":  func() ([]byte, error) { return frames.ExportGif(GifOptions{}) },
		"webp": func() ([]byte, error) { return frames.ExportWebp(WebpOptions{}) },
	} {
		back := open(t, s, must[[]byte](t)(export()), LoadOptions{Pages: -1})
		delay, _ := back.GetIntArray(FieldDelay)
		if back.Pages() != 3 || back.PageHeight() != 8 || !slices.Equal(delay, []int{50, 60, 70}) {
			t.Errorf("%s: %d pages of %d rows, delay %v", name, back.Pages(), back.PageHeight(), delay)
		}
	}
}

// tagged carries a profile and a secret in each kind of metadata.
func tagged(t *testing.T, s *Scope) *Image {
	t.Helper()
	i := must[*Image](t)(solid(t, s, 40, 30, 200, 100, 50).IccTransform("p3", ICCOptions{Input: "srgb"}))
	i.SetString("exif-ifd0-Artist", "secret (secret, ASCII, 7 components, 7 bytes)")
	i.SetBlob(FieldXMP, []byte("<x:xmpmeta xmlns:x='adobe:ns:meta/'>secret</x:xmpmeta>"))
	i.SetString("png-comment-0-secret", "secret")
	i.SetInt(FieldOrientation, 6)
	return i
}

func TestExportKeep(t *testing.T) {
	s := newScope(t)
	picture := tagged(t, s)
	for _, e := range exporters {
		t.Run(string(e.format), func(t *testing.T) {
			for _, keep := range []Keep{KeepNone, KeepProfile, KeepAll} {
				buf := must[[]byte](t)(e.export(picture, keep))
				back := open(t, s, buf, LoadOptions{})
				profile := keep != KeepNone && e.format != sniff.GIF // which has no profiles
				if back.HasProfile() != profile {
					t.Errorf("keep %d: profile %t, want %t", keep, back.HasProfile(), profile)
				}
				if keep == KeepAll {
					if e.format != sniff.GIF && !bytes.Contains(buf, []byte("secret")) {
						t.Errorf("keep %d: metadata is lost", keep)
					}
					continue
				}
				if bytes.Contains(buf, []byte("secret")) || back.HasField(FieldXMP) || back.Orientation() != 1 {
					t.Errorf("keep %d: metadata is left: %v", keep, back.FieldNames())
				}
				if madeUp := e.format == sniff.AVIF && keep == KeepProfile; back.HasField(FieldExif) && !madeUp {
					t.Errorf("keep %d: an EXIF block is left: %v", keep, back.FieldNames())
				}
			}
		})
	}
	if !picture.HasField(FieldXMP) || picture.Orientation() != 6 {
		t.Error("exporting changed the image")
	}
}

func TestMetadata(t *testing.T) {
	s := newScope(t)
	i := tagged(t, s)
	if blob, ok := i.GetBlob(FieldXMP); !ok || !strings.Contains(string(blob), "secret") {
		t.Errorf("blob %q %t", blob, ok)
	}
	if text, ok := i.GetString("png-comment-0-secret"); !ok || text != "secret" {
		t.Errorf("string %q %t", text, ok)
	}
	if n, ok := i.GetInt(FieldOrientation); !ok || n != 6 {
		t.Errorf("int %d %t", n, ok)
	}
	if _, ok := i.GetInt("no-such-field"); ok {
		t.Error("an int that is not there")
	}
	if _, ok := i.GetIntArray(FieldXMP); ok {
		t.Error("a blob is not a list of numbers")
	}
	if !slices.Contains(i.FieldNames(), FieldXMP) {
		t.Errorf("fields %v", i.FieldNames())
	}
	upright := must[*Image](t)(i.Autorot())
	wantSize(t, upright, 30, 40)
	if upright.Orientation() != 1 {
		t.Errorf("upright, orientation %d", upright.Orientation())
	}
	i.Remove(FieldXMP)
	if i.HasField(FieldXMP) || !upright.HasField(FieldXMP) {
		t.Error("Remove concerns this image alone")
	}
}

// What is cut may be damaged: it is then returned as it is.
func FuzzCutMetadata(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x08Exif\x00\x00\xff\xda\x00\x02"))
	f.Add([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x2c000000000EXIF\x01\x00\x00\x00x\x00"))
	f.Fuzz(func(t *testing.T, buf []byte) {
		if out := cutMetadata(buf, false); len(out) > len(buf) {
			t.Errorf("%d bytes became %d", len(buf), len(out))
		}
	})
}
