package header_test

import (
	"encoding/binary"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/caddy-images/caddy-images/internal/pdftest"
	"github.com/caddy-images/caddy-images/transform/header"
	"github.com/caddy-images/caddy-images/transform/sniff"
)

// is returns a header without fields that follow from others.
func is(format sniff.Format, w, h int, change func(*header.Header)) header.Header {
	want := header.Header{Format: format, Width: w, Height: h, Frames: 1, Channels: 3, Depth: 8, Rows: 1, Orientation: 1}
	if change != nil {
		change(&want)
	}
	if want.Samples == 0 {
		want.Samples = int64(want.Width) * int64(want.Height) * int64(want.Channels)
	}
	return want
}

func alpha(h *header.Header) { h.Channels, h.Alpha = 4, true }

func indexed(h *header.Header) { h.Palette = true }

// jpegFrame returns a JPEG up to its first scan, with components of these
// factors.
func jpegFrame(marker byte, w, h, inScan int, factors ...byte) []byte {
	frame := string([]byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(factors))})
	for n, f := range factors {
		frame += string([]byte{byte(n + 1), f, 0})
	}
	return []byte("\xff\xd8" + segment(0xdb, "tables") + segment(marker, frame) + segment(0xda, string([]byte{byte(inScan)})))
}

type sample struct {
	name string
	file []byte
	want header.Header
}

func samples(t testing.TB) []sample {
	box, little, big := image.Rect(0, 0, 30, 20), binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)
	pngStart := "\x89PNG\r\n\x1a\n"
	ihdr := func(depth, kind, interlace byte) string {
		return chunk("IHDR", "\x00\x00\x00\x1e\x00\x00\x00\x14"+string([]byte{depth, kind, 0, 0, interlace}))
	}
	vp8x := func(flags string) string { return riffChunk("VP8X", flags+"\x00\x00\x00\x1d\x00\x00\x13\x00\x00") }
	vp8l := riffChunk("VP8L", "\x2f\x1d\xc0\x04\x10") // 30x20 with transparency
	return []sample{
		{"jpeg", goJPEG(t, image.NewNRGBA(box)), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Samples = 900 })},
		{"jpeg, gray", goJPEG(t, image.NewGray(box)), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Channels = 1 })},
		{"jpeg, turned", withEXIF(goJPEG(t, image.NewGray(box)), 6), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Channels, h.Orientation = 1, 6 })},
		{"jpeg of no such orientation", withEXIF(goJPEG(t, image.NewGray(box)), 9), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Channels = 1 })},
		{"jpeg, baseline", jpegFrame(0xc0, 30, 20, 3, 0x11, 0x11, 0x11), is(sniff.JPEG, 30, 20, nil)},
		{"jpeg, progressive", jpegFrame(0xc2, 30, 20, 3, 0x21, 0x11, 0x11), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Interlaced, h.Samples = true, 1200 })},
		{"jpeg, a scan a colour", jpegFrame(0xc1, 30, 20, 1, 0x11, 0x11, 0x11), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Interlaced = true })},
		{"jpeg, four inks", jpegFrame(0xc0, 30, 20, 4, 0x11, 0x11, 0x11, 0x11), is(sniff.JPEG, 30, 20, func(h *header.Header) { h.Channels = 4 })},

		{"png", goPNG(t, image.NewNRGBA(box)), is(sniff.PNG, 30, 20, alpha)},
		{"png, 16 bits", goPNG(t, image.NewNRGBA64(box)), is(sniff.PNG, 30, 20, func(h *header.Header) { alpha(h); h.Depth = 16 })},
		{"png, gray", goPNG(t, image.NewGray(box)), is(sniff.PNG, 30, 20, func(h *header.Header) { h.Channels = 1 })},
		{"png, palette", goPNG(t, image.NewPaletted(box, opaque)), is(sniff.PNG, 30, 20, indexed)},
		{"png, palette with transparency", goPNG(t, image.NewPaletted(box, transparent)), is(sniff.PNG, 30, 20, func(h *header.Header) { alpha(h); indexed(h) })},
		{"png, interlaced", []byte(pngStart + ihdr(8, 4, 1) + chunk("IDAT", "")), is(sniff.PNG, 30, 20, func(h *header.Header) { h.Channels, h.Alpha, h.Interlaced = 2, true, true })},
		{"png, turned", []byte(pngStart + ihdr(8, 2, 0) + chunk("eXIf", string(newTIFF(little, false, [][2]int{{274, 8}}, nil)))), is(sniff.PNG, 30, 20, func(h *header.Header) { h.Orientation = 8 })},

		{"webp, lossy", riff(riffChunk("VP8 ", "\x00\x00\x00\x9d\x01\x2a\x1e\x00\x14\x00")), is(sniff.WebP, 30, 20, nil)},
		{"webp, lossless", riff(vp8l), is(sniff.WebP, 30, 20, func(h *header.Header) { alpha(h); h.Lossless = true })},
		// A lossless image begins with its transforms: whether there is one,
		// in a bit, and which, in two (RFC 9649 section 4).
		{"webp, lossless with a palette", riff(riffChunk("VP8L", "\x2f\x1d\xc0\x04\x10\x07")), is(sniff.WebP, 30, 20, func(h *header.Header) { alpha(h); h.Lossless = true; indexed(h) })},
		{"webp, lossless with another transform", riff(riffChunk("VP8L", "\x2f\x1d\xc0\x04\x10\x05")), is(sniff.WebP, 30, 20, func(h *header.Header) { alpha(h); h.Lossless = true })},
		{"webp, lossless without transforms", riff(riffChunk("VP8L", "\x2f\x1d\xc0\x04\x10\x06")), is(sniff.WebP, 30, 20, func(h *header.Header) { alpha(h); h.Lossless = true })},
		{"webp, extended and lossless with a palette", riff(vp8x("\x10"), riffChunk("VP8L", "\x2f\x1d\xc0\x04\x10\x07")), is(sniff.WebP, 30, 20, func(h *header.Header) { alpha(h); h.Lossless = true; indexed(h) })},
		{"webp, extended", riff(vp8x("\x18"), riffChunk("ALPH", "abc"), riffChunk("VP8 ", "x"), riffChunk("EXIF", string(newTIFF(big, false, [][2]int{{274, 5}}, nil)))), is(sniff.WebP, 30, 20, func(h *header.Header) { alpha(h); h.Orientation = 5 })},
		{"webp, animated", riff(vp8x("\x02"), riffChunk("ANIM", "123456"), riffChunk("ANMF", "1234567890123456"+vp8l), riffChunk("ANMF", "x"), riffChunk("ANMF", "")), is(sniff.WebP, 30, 20, func(h *header.Header) { h.Frames, h.Lossless = 3, true })},

		{"gif", goGIF(t, 30, 20, 1, opaque), is(sniff.GIF, 30, 20, indexed)},
		{"gif, animated", goGIF(t, 30, 20, 7, opaque), is(sniff.GIF, 30, 20, func(h *header.Header) { h.Frames = 7; indexed(h) })},
		{"gif, animated and transparent", goGIF(t, 30, 20, 7, transparent), is(sniff.GIF, 30, 20, func(h *header.Header) { alpha(h); h.Frames = 7; indexed(h) })},

		{"avif", heif("avif", ispe(30, 20)), is(sniff.AVIF, 30, 20, nil)},
		{"heic of tiles", heif("heic", ispe(512, 512), heifBox("hvcC", "x"), ispe(4032, 3024), ispe(320, 240)), is(sniff.HEIC, 4032, 3024, nil)},
		{"avif, transparent, 10 bits, turned", heif("avif", ispe(30, 20), heifBox("pixi", "\x00\x00\x00\x00\x03\x0a\x0a\x0a"), heifBox("auxC", "\x00\x00\x00\x00urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\x00"), heifBox("irot", "\x01")),
			is(sniff.AVIF, 30, 20, func(h *header.Header) { alpha(h); h.Depth, h.Orientation = 16, 6 })},

		{"tiff", newTIFF(little, false, tiffTags(30, 20, 1, 5), make([]byte, 600)), is(sniff.TIFF, 30, 20, func(h *header.Header) { h.Channels, h.Rows = 1, 5 })},
		{"tiff with a palette", newTIFF(little, false, append(tiffTags(30, 20, 1, 5), [2]int{262, 3}), nil), is(sniff.TIFF, 30, 20, func(h *header.Header) { h.Rows = 5; indexed(h) })},
		{"tiff, big-endian, one strip", newTIFF(big, false, tiffTags(30, 20, 3, 20), nil), is(sniff.TIFF, 30, 20, func(h *header.Header) { h.Rows = 20 })},
		{"tiff, big, no strips", newTIFF(little, true, tiffTags(30, 20, 3, math.MaxUint32), nil), is(sniff.TIFF, 30, 20, func(h *header.Header) { h.Rows = 20 })},
		{"tiff, big, big-endian, tiles, turned", newTIFF(big, true, append(tiffTags(300, 200, 4, 0), [2]int{323, 64}, [2]int{338, 1}, [2]int{274, 7}), nil),
			is(sniff.TIFF, 300, 200, func(h *header.Header) { alpha(h); h.Rows, h.Orientation = 64, 7 })},

		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20px"/>`), is(sniff.SVG, 30, 20, alpha)},
		{"svg in inches", []byte(`<?xml version="1.0" encoding="latin1"?><!DOCTYPE svg [<!ENTITY a "b">]><!-- x --><svg width=" 1in " height="12.2pc">`), is(sniff.SVG, 96, 195, alpha)},
		{"svg with a view box", []byte(`<svg viewBox="0,0 30 20">`), is(sniff.SVG, 30, 20, alpha)},
		{"svg with a view box and a width", []byte(`<svg viewBox="0 0 30 20" width="60" height="100%">`), is(sniff.SVG, 60, 40, alpha)},
		{"svg with a view box and a height", []byte(`<svg viewBox="0 0 30 20" height="60">`), is(sniff.SVG, 90, 60, alpha)},
		{"svg of no size", []byte(`<svg viewBox="0 0 NaN 20" width="auto">`), is(sniff.SVG, 300, 150, alpha)},
		{"svg of parts of a pixel", []byte(`<svg width="0.5" height=".25"/>`), is(sniff.SVG, 1, 1, alpha)},
	}
}

func TestRead(t *testing.T) {
	for _, s := range samples(t) {
		if got, ok := header.Read(s.file); !ok || got != s.want {
			t.Errorf("%s: %t\n%+v, want\n%+v", s.name, ok, got, s.want)
		}
	}
}

// twoPages returns a TIFF of a page of 30x20 in gray and one of 40x50 in
// colours.
func twoPages(order binary.AppendByteOrder, big bool) []byte {
	first := newTIFF(order, big, tiffTags(30, 20, 1, 20), nil)
	second := newTIFF(order, big, tiffTags(40, 50, 3, 5), nil)
	head, put := 8, order.(binary.ByteOrder)
	if big {
		head = 16
		put.PutUint64(first[len(first)-8:], uint64(len(first)))
	} else {
		put.PutUint32(first[len(first)-4:], uint32(len(first)))
	}
	return append(first, second[head:]...)
}

func TestReadPage(t *testing.T) {
	for _, big := range []bool{false, true} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			file := twoPages(order, big)
			for page, want := range map[int]header.Header{
				1: is(sniff.TIFF, 30, 20, func(h *header.Header) { h.Channels, h.Rows = 1, 20 }),
				2: is(sniff.TIFF, 40, 50, func(h *header.Header) { h.Rows = 5 }),
			} {
				if got, ok := header.ReadPage(file, page); !ok || got != want {
					t.Errorf("%v, page %d: %t %+v, want %+v", order, page, ok, got, want)
				}
			}
			if got, ok := header.ReadPage(file, 3); ok {
				t.Errorf("%v, page 3: %+v", order, got)
			}
		}
	}
	if got, ok := header.ReadPage(goGIF(t, 30, 20, 7, opaque), 3); !ok || got != is(sniff.GIF, 30, 20, indexed) {
		t.Errorf("a frame: %t %+v", ok, got)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":              "",
		"text":                 "hello",
		"jpeg without a frame": "\xff\xd8" + segment(0xe0, "JFIF") + segment(0xda, "\x03"),
		"jpeg that ends":       "\xff\xd8\xff\xd9\xff\xc0\x00\x08",
		"jpeg of no height":    string(jpegFrame(0xc0, 30, 0, 1, 0x11)),
		"jpeg of no component": string(jpegFrame(0xc0, 30, 20, 1)),
		"png without IHDR":     "\x89PNG\r\n\x1a\n" + chunk("IDAT", "0123456789012"),
		"png of other colours": "\x89PNG\r\n\x1a\n" + chunk("IHDR", "\x00\x00\x00\x1e\x00\x00\x00\x14\x08\x05\x00\x00\x00"),
		"png too wide":         "\x89PNG\r\n\x1a\n" + chunk("IHDR", "\x7f\x00\x00\x1e\x00\x00\x00\x14\x08\x02\x00\x00\x00"),
		"webp of another kind": string(riff(riffChunk("VP9 ", "0123456789"))),
		"webp cut off":         "RIFF\x00\x00\x00\x00WEBPVP8 \x00",
		"gif cut off":          "GIF89a\x01",
		"avif without a size":  string(heif("avif", heifBox("av1C", ""))),
		"avif without meta":    heifBox("ftyp", "avif", "\x00\x00\x00\x00"),
		"tiff without a size":  string(newTIFF(binary.LittleEndian, false, nil, nil)),
		"svg cut off":          "<svg ",
	} {
		if got, ok := header.Read([]byte(file)); ok {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// A header is cheap compared to the pixels it spares.
func TestReadAllocates(t *testing.T) {
	for _, s := range samples(t) {
		if s.want.Format == sniff.SVG {
			continue // XML has strings
		}
		if n := testing.AllocsPerRun(10, func() { header.Read(s.file) }); n > 8 {
			t.Errorf("%s: %v allocations", s.name, n)
		}
	}
}

// The frame header of an image of 16 by 8 with one and with three channels
// (ITU-T T.81, section B.2.2), behind a comment.
func TestSampling(t *testing.T) {
	jpeg := func(marker, channels byte, factors ...byte) []byte {
		b := []byte{0xff, 0xd8, 0xff, 0xfe, 0, 4, 'h', 'i', 0xff, marker, 0, 8 + 3*channels, 8, 0, 8, 0, 16, channels}
		for n, f := range factors {
			b = append(b, byte(n+1), f, 0)
		}
		return append(b, 0xff, 0xda, 0, 2)
	}
	for _, tt := range []struct {
		file        []byte
		factors     string
		progressive bool
	}{
		{jpeg(0xc0, 1, 0x11), "1x1", false},
		{jpeg(0xc0, 3, 0x22, 0x11, 0x11), "2x2,1x1,1x1", false},
		{jpeg(0xc2, 3, 0x21, 0x11, 0x11), "2x1,1x1,1x1", true},
		{jpeg(0xc0, 9), "", false},
		{jpeg(0xc0, 3, 0x22)[:20], "", false},
		{[]byte("\xff\xd8\xff"), "", false},
		{[]byte("GIF89a"), "", false},
	} {
		if factors, progressive := header.Sampling(tt.file); factors != tt.factors || progressive != tt.progressive {
			t.Errorf("%x: %q, progressive %t", tt.file, factors, progressive)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.file)
	}
	f.Add(twoPages(binary.LittleEndian, false))
	f.Add(pdftest.File([]pdftest.Page{{Box: "0 0 30 20", More: "/Rotate 90"}}, picture("/Width 3/Height 4/Filter/JPXDecode")))
	f.Add(pdftest.Packed([]pdftest.Page{{Box: "0 0 30 20"}}))
	f.Fuzz(func(t *testing.T, file []byte) {
		header.ReadPage(file, 9999)
		if factors, _ := header.Sampling(file); strings.Count(factors, ",") > 3 {
			t.Errorf("%q", factors)
		}
		h, ok := header.ReadPage(file, 2)
		if ok && (h.Width < 1 || h.Height < 1 || h.Frames != 1 || h.Inside < 0) {
			t.Errorf("page 2: %+v", h)
		}
		if h, ok = header.Read(file); !ok {
			return
		}
		if h.Width < 1 || h.Height < 1 || h.Frames < 1 || h.Channels < 1 || h.Depth < 8 || h.Rows < 1 || h.Samples < 0 || h.Orientation < 1 || h.Orientation > 8 {
			t.Errorf("%+v", h)
		}
	})
}
