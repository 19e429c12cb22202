//go:build cgo

package header_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"testing"

	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// TestReadAgreesWithLibvips compares what a header says with what libvips
// makes of the file.
func TestReadAgreesWithLibvips(t *testing.T) {
	scope := vips.NewScope(context.Background())
	defer scope.Close()
	for name, file := range pictures(t, scope) {
		h, ok := header.Read(file)
		if !ok {
			t.Errorf("%s: no header", name)
			continue
		}
		pages := 1
		if h.Frames > 1 {
			pages = -1
		}
		i, err := scope.NewImageFromBuffer(file, h.Format, vips.LoadOptions{Pages: pages})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		depth := map[vips.BandFormat]int{vips.BandFormatUchar: 8, vips.BandFormatUshort: 16, vips.BandFormatFloat: 32}[i.BandFormat()]
		frames := 1
		if h.Format == sniff.GIF || h.Format == sniff.WebP {
			frames = i.Pages()
		}
		want := h
		want.Width, want.Height, want.Frames = i.Width(), i.PageHeight(), frames
		want.Channels, want.Alpha, want.Depth = i.Bands(), i.HasAlpha(), depth
		want.Orientation = max(i.Orientation(), 1)
		if h != want {
			t.Errorf("%s: %+v\nlibvips: %+v", name, h, want)
		}
	}
}

// pictures are files of every format that can be written here.
func pictures(t *testing.T, scope *vips.Scope) map[string][]byte {
	t.Helper()
	box := image.Rect(0, 0, 75, 50)
	clear, filled := image.NewNRGBA(box), image.NewRGBA(box)
	for n := range filled.Pix {
		filled.Pix[n] = byte(n) | byte(n>>8)
		if n%4 == 3 {
			filled.Pix[n] = 255
		}
	}
	clear.Set(3, 3, color.NRGBA{200, 100, 50, 120})
	little, big := binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)
	files := map[string][]byte{
		"go jpeg":                           goJPEG(t, filled),
		"go jpeg, gray":                     goJPEG(t, image.NewGray(box)),
		"go jpeg, turned":                   withEXIF(goJPEG(t, filled), 6),
		"go png, 16 bits":                   goPNG(t, image.NewNRGBA64(box)),
		"go png, gray":                      goPNG(t, image.NewGray(box)),
		"go png, gray 16":                   goPNG(t, image.NewGray16(box)),
		"go png, palette":                   goPNG(t, image.NewPaletted(box, opaque)),
		"go png, palette with transparency": goPNG(t, image.NewPaletted(box, transparent)),
		"go gif":                            goGIF(t, 75, 50, 1, opaque),
		"go gif, animated":                  goGIF(t, 75, 50, 5, transparent),
		"go gif, animated, opaque":          goGIF(t, 75, 50, 5, opaque),
		"tiff":                              newTIFF(little, false, tiffTags(75, 50, 1, 10), make([]byte, 75*50)),
		"tiff, big-endian":                  newTIFF(big, false, tiffTags(75, 50, 1, 50), make([]byte, 75*50)),
		"tiff, big":                         newTIFF(little, true, tiffTags(75, 50, 1, 50), make([]byte, 75*50)),
		"svg":                               []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="75" height="50"/>`),
		"svg, view box":                     []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 75 50"/>`),
		"svg, view box and width":           []byte(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 75 50" width="150"/>`),
	}
	for kind, source := range map[string]image.Image{"opaque": filled, "clear": clear} {
		var b bytes.Buffer
		if err := png.Encode(&b, source); err != nil {
			t.Fatal(err)
		}
		i, err := scope.NewImageFromBuffer(b.Bytes(), sniff.PNG, vips.LoadOptions{Access: vips.Random})
		if err != nil {
			t.Fatal(err)
		}
		tall, err := scope.ArrayJoin([]*vips.Image{i, i, i}, 1)
		if err != nil {
			t.Fatal(err)
		}
		tall.SetInt(vips.FieldPageHeight, i.Height())
		for name, export := range map[string]func() ([]byte, error){
			"jpeg":           func() ([]byte, error) { return i.ExportJpeg(vips.JpegOptions{}) },
			"jpeg, fine":     func() ([]byte, error) { return i.ExportJpeg(vips.JpegOptions{Quality: 95, Interlace: true}) },
			"png":            func() ([]byte, error) { return i.ExportPng(vips.PngOptions{Interlace: true}) },
			"webp":           func() ([]byte, error) { return i.ExportWebp(vips.WebpOptions{}) },
			"webp, lossless": func() ([]byte, error) { return i.ExportWebp(vips.WebpOptions{Lossless: true}) },
			"webp, animated": func() ([]byte, error) { return tall.ExportWebp(vips.WebpOptions{}) },
			"gif":            func() ([]byte, error) { return i.ExportGif(vips.GifOptions{}) },
			"gif, animated":  func() ([]byte, error) { return tall.ExportGif(vips.GifOptions{}) },
			"avif":           func() ([]byte, error) { return i.ExportAvif(vips.AvifOptions{}) },
		} {
			if name == "avif" && !vips.HasOperation("heifsave_buffer") {
				continue
			}
			file, err := export()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			files[kind+" "+name] = file
		}
	}
	return files
}
