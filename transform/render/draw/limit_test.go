//go:build cgo

package draw_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
	"github.com/caddy-images/caddy-images/transform/vips"
)

// hugePNG says that it has w by h pixels and has next to none (PNG, third
// edition, 11.2.1).
func hugePNG(w, h int) []byte {
	b := []byte("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
		named := append([]byte(name), data...)
		b = append(b, named...)
		b = binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(named))
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(w))
	header = binary.BigEndian.AppendUint32(header, uint32(h))
	chunk("IHDR", append(header, 8, 6, 0, 0, 0))
	chunk("IDAT", []byte{0x78, 0x9c, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01})
	chunk("IEND", nil)
	return b
}

// hugeGIF says so too, of each of its frames.
func hugeGIF(w, h, frames int) []byte {
	b := []byte("GIF89a")
	b = binary.LittleEndian.AppendUint16(b, uint16(w))
	b = binary.LittleEndian.AppendUint16(b, uint16(h))
	b = append(b, 0x80, 0, 0, 200, 0, 0, 0, 0, 200)
	for range frames {
		b = append(b, 0x21, 0xf9, 4, 0, 5, 0, 0, 0)
		b = append(b, 0x2c, 0, 0, 0, 0)
		b = binary.LittleEndian.AppendUint16(b, uint16(w))
		b = binary.LittleEndian.AppendUint16(b, uint16(h))
		b = append(b, 0, 2, 2, 0x44, 1, 0)
	}
	return append(b, 0x3b)
}

func hugeJPEG(t testing.TB, w, h int) []byte {
	b := bytes.Clone(asJPEG(t, solid(8, 8, red)))
	at := bytes.Index(b, []byte{0xff, 0xc0}) + 5
	binary.BigEndian.PutUint16(b[at:], uint16(h))
	binary.BigEndian.PutUint16(b[at+2:], uint16(w))
	return b
}

// hugeWebP overwrites the size in the header of a lossless one and of its canvas,
// all less one (RFC 9649, 2.7 and 3.4). There is a canvas if there is anything else in
// the file; libvips before 8.15 always writes metadata.
func hugeWebP(t testing.TB, w, h int) []byte {
	b := bytes.Clone(asWebP(t, solid(8, 8, red)))
	if !bytes.Contains(b, []byte("VP8X")) {
		b = slices.Insert(b, 12, []byte("VP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x07\x00\x00\x07\x00\x00")...)
		binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	}
	canvas, at := bytes.Index(b, []byte("VP8X")), bytes.Index(b, []byte("VP8L"))
	if canvas < 0 || at < 0 || b[at+8] != 0x2f {
		t.Fatal("no extended lossless WebP")
	}
	for n, side := range []int{w, h} { // 24 bits each
		copy(b[canvas+12+3*n:], binary.LittleEndian.AppendUint32(nil, uint32(side-1))[:3])
	}
	bits := binary.LittleEndian.Uint32(b[at+9:])&^(1<<28-1) | uint32(w-1) | uint32(h-1)<<14
	binary.LittleEndian.PutUint32(b[at+9:], bits)
	return b
}

// hugeAVIF overwrites the size that the container tells (ISO/IEC 23008-12,
// 6.5.3).
func hugeAVIF(t testing.TB, w, h int) []byte {
	b := bytes.Clone(asAVIF(t, solid(64, 64, red)))
	at := bytes.Index(b, []byte("ispe"))
	binary.BigEndian.PutUint32(b[at+8:], uint32(w))
	binary.BigEndian.PutUint32(b[at+12:], uint32(h))
	return b
}

// What is too large costs nothing: no pixel of it is ever in memory.
func TestLimitOriginal(t *testing.T) {
	tests := []struct {
		name     string
		original []byte
		limit    string
	}{
		{"png", hugePNG(17000, 17000), "max_pixels"},
		{"png, as large as can be", hugePNG(1<<31-1, 1<<31-1), "max_pixels"},
		{"jpeg", hugeJPEG(t, 17000, 17000), "max_pixels"},
		{"webp", hugeWebP(t, 16000, 16000), "max_pixels"},
		{"gif", hugeGIF(17000, 17000, 1), "max_pixels"},
		{"gif, as large as can be", hugeGIF(65535, 65535, 2), "max_pixels"},
		{"gif, taller than libvips can", hugeGIF(60000, 60000, 400), "max_pixels"},
		{"gif, thin and taller than libvips can", hugeGIF(1, 60000, 400), "10000000"},
		{"gif, many frames", hugeGIF(1, 1, 501), "max_frames"},
		{"gif, many frames of many rows", hugeGIF(1, 60000, 501), "max_frames"},
		{"gif, all frames together", hugeGIF(1000, 1000, 101), "max_pixels"},
		{"avif", hugeAVIF(t, 16000, 16000), "max_pixels"},
		{"avif, larger than libheif can", hugeAVIF(t, 17000, 17000), "max_pixels"},
		{"tiff", tiff(17000, 17000, []byte{1, 2, 3}), "max_pixels"},
		{"svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="17000" height="17000"/>`), "max_pixels"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if len(test.original) > 16<<10 {
				t.Fatalf("%d bytes are not a small file", len(test.original))
			}
			for _, format := range []transform.Format{transform.FormatAuto, transform.WebP} {
				job := newJob(test.original, transform.Output{Format: format}, sized(100, 0, transform.Cover, 0))
				before, peak := vips.Tracked(), peakOf(func() {
					wantMessage(t, failure(t, job, errors.Limit), test.limit)
				})
				if peak > 4<<20 {
					t.Errorf("it took %d kB", peak>>10)
				}
				wantTracked(t, before)
			}
		})
	}
}

// An animation that is written as a still image is one frame's cost.
func TestLimitFirstFrame(t *testing.T) {
	many := newJob(hugeGIF(1, 1, 501), transform.Output{Format: transform.PNG})
	if r := result(t, many); r.Frames != 1 {
		t.Errorf("%d frames", r.Frames)
	}
	wantMessage(t, failure(t, newJob(hugeGIF(17000, 17000, 3), transform.Output{Format: transform.PNG}), errors.Limit), "max_pixels")
}

func TestLimitDrawn(t *testing.T) {
	n := transform.Num
	original, svg := asPNG(t, solid(100, 50, red)), asSVG(100, 50)
	animation := asGIF(t, solids(100, 50)...)
	tests := []struct {
		name     string
		original []byte
		steps    []transform.Step
		limit    string
	}{
		{"too wide", original, []transform.Step{sized(20000, 10, transform.Stretch, 0)}, "max_dimension"},
		{"too high", original, []transform.Step{sized(10, 20000, transform.Stretch, 0)}, "max_dimension"},
		{"too many", original, []transform.Step{sized(16000, 16000, transform.Stretch, 0)}, "max_pixels"},
		{"too many though it is cut", original, []transform.Step{sized(16000, 7000, transform.Cover, 0)}, "max_pixels"},
		{"drawing", svg, []transform.Step{sized(16000, 0, transform.Cover, 0)}, "max_pixels"},
		{"padding", original, []transform.Step{sized(16000, 16000, transform.PadOnly, 0)}, "max_pixels"},
		{"border", original, []transform.Step{bordered(9000, red, transform.Corners{})}, "max_dimension"},
		{"rotation", original, []transform.Step{{Resize: sized(9000, 9000, transform.Stretch, 0).Resize, Rotate: n(45)}}, "max_pixels"},
		{"in the middle of a chain", original, []transform.Step{sized(16000, 16000, transform.Stretch, 0), sized(10, 10, transform.Stretch, 0)}, "max_pixels"},
		{"all frames together", animation, []transform.Step{sized(6000, 6000, transform.Stretch, 0)}, "max_pixels"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before, peak := vips.Tracked(), peakOf(func() {
				wantMessage(t, failure(t, newJob(test.original, transform.Output{Format: transform.WebP}, test.steps...), errors.Limit), test.limit)
			})
			if peak > 16<<20 {
				t.Errorf("it took %d kB", peak>>10)
			}
			wantTracked(t, before)
		})
	}
}

// What a format cannot hold is said before it is drawn.
func TestLimitFormats(t *testing.T) {
	for format, w := range map[transform.Format]int{transform.WebP: 16384, transform.AVIF: 16385, transform.JPEG: 65501, transform.GIF: 65536} {
		job := newJob(asPNG(t, image.NewGray(image.Rect(0, 0, 10, 1))), transform.Output{Format: format}, sized(w, 1, transform.Stretch, 0))
		job.Limits.MaxDimension = 100000
		wantMessage(t, failure(t, job, errors.Limit), fmt.Sprint(w), format.String())
	}
}

// peakOf returns how much memory f had at its peak, beyond what there was
// before: libvips' and Go's.
func peakOf(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	mem := vips.Tracked().Mem
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc-before.TotalAlloc) + vips.Tracked().Mem - mem
}

// An AVIF that cannot be encoded in time is not begun.
func TestTooLargeForAVIF(t *testing.T) {
	job := newJob(asPNG(t, solid(100, 100, red)), transform.Output{Format: transform.AVIF})
	job.Timeout = 3 * time.Millisecond // enough for 7500 pixels
	wantMessage(t, failure(t, job, errors.Limit), "The result would have 10000 pixels; as AVIF, at most 7500 can be encoded within render_timeout, 3ms")
	job.Timeout = 4 * time.Millisecond
	result(t, job)
}
