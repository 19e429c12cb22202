//go:build cgo

package draw_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"testing"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// scansJPEG returns a progressive JPEG of 8 by 8 pixels, whose last scan, of
// no consequence, comes again and again (ITU-T T.81, annex G).
func scansJPEG(scans int) []byte {
	segment := func(marker byte, data ...byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
	}
	one := append([]byte{1}, make([]byte, 15)...) // a Huffman table with one code of one bit
	b := bytes.Join([][]byte{
		{0xff, 0xd8},
		segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...),
		segment(0xc2, 8, 0, 8, 0, 8, 1, 1, 0x11, 0),
		segment(0xc4, append(append([]byte{0x00}, one...), 0)...),
		segment(0xc4, append(append([]byte{0x10}, one...), 0)...),
		segment(0xda, 1, 1, 0, 0, 0, 0), {0x7f}, // the mean, no difference to zero
	}, nil)
	for range scans - 1 {
		b = append(append(b, segment(0xda, 1, 1, 0, 1, 63, 0)...), 0x7f) // the rest, end of block
	}
	return append(b, 0xff, 0xd9)
}

func TestLimitScans(t *testing.T) {
	result(t, newJob(scansJPEG(10), transform.Output{}))
	result(t, newJob(scansJPEG(200), transform.Output{}))
	wantMessage(t, failure(t, newJob(scansJPEG(201), transform.Output{}), errors.Limit), "more than 200 scans")
	// Bytes of a profile, or of a thumbnail, are not scans.
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe2}, 2+4*300)
	segment = append(segment, bytes.Repeat([]byte{0xff, 0xda, 0, 0}, 300)...)
	photo := asJPEG(t, solid(8, 8, red))
	result(t, newJob(bytes.Join([][]byte{photo[:2], segment, photo[2:]}, nil), transform.Output{}))
}

// Of a JPEG that is not progressive, more scans than one are read only where the
// first lacks a component, whatever the others have.
func TestLimitSequentialScans(t *testing.T) {
	segment := func(marker byte, data ...byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(data)+2)), data...)
	}
	one, both := segment(0xda, 1, 1, 0, 0, 63, 0), segment(0xda, 2, 1, 0, 2, 0, 0, 63, 0)
	photo := asJPEG(t, solid(8, 8, red))
	result(t, newJob(append(photo[:len(photo)-2:len(photo)-2], bytes.Repeat(one, 300)...), transform.Output{}))

	frame := segment(0xc0, 8, 0, 8, 0, 8, 2, 1, 0x11, 0, 2, 0x11, 0)
	many := bytes.Join([][]byte{{0xff, 0xd8}, frame, one, both, bytes.Repeat(one, 300), {0xff, 0xd9}}, nil)
	wantMessage(t, failure(t, newJob(many, transform.Output{}), errors.Limit), "more than 200 scans")
}

func TestLimitTexts(t *testing.T) {
	photo := asPNG(t, solid(8, 8, red))
	with := func(texts int) []byte {
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		_, _ = z.Write([]byte("a text"))
		_ = z.Close()
		data := append([]byte("zTXtComment\x00\x00"), packed.Bytes()...)
		chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)-4))
		chunk = binary.BigEndian.AppendUint32(append(chunk, data...), crc32.ChecksumIEEE(data))
		const header = 8 + 25 // the signature, IHDR
		return bytes.Join([][]byte{photo[:header], bytes.Repeat(chunk, texts), photo[header:]}, nil)
	}
	result(t, newJob(with(32), transform.Output{}))
	wantMessage(t, failure(t, newJob(with(33), transform.Output{}), errors.Limit), "more than 32 compressed texts")
}

// bandsTIFF returns a TIFF of one pixel with so many channels (TIFF 6.0,
// section 8).
func bandsTIFF(bands int) []byte {
	var entries []byte
	add := func(tag, kind, count, value int) {
		entries = binary.LittleEndian.AppendUint16(entries, uint16(tag))
		entries = binary.LittleEndian.AppendUint16(entries, uint16(kind))
		entries = binary.LittleEndian.AppendUint32(entries, uint32(count))
		entries = binary.LittleEndian.AppendUint32(entries, uint32(value))
	}
	const short, long, count, directory = 3, 4, 10, 8
	depths := directory + 2 + 12*count + 4
	add(256, short, 1, 1)
	add(257, short, 1, 1)
	add(258, short, bands, depths)
	add(259, short, 1, 1)
	add(262, short, 1, 1)
	add(273, long, 1, depths+2*bands)
	add(277, short, 1, bands)
	add(278, short, 1, 1)
	add(279, long, 1, bands)
	add(284, short, 1, 1)
	b := append([]byte("II*\x00\x08\x00\x00\x00"), count, 0)
	b = append(append(b, entries...), 0, 0, 0, 0)
	b = append(b, bytes.Repeat([]byte{8, 0}, bands)...)
	return append(b, bytes.Repeat([]byte{100}, bands)...)
}

func TestLimitChannels(t *testing.T) {
	result(t, newJob(bandsTIFF(6), transform.Output{}))
	result(t, newJob(bandsTIFF(16), transform.Output{}))
	wantMessage(t, failure(t, newJob(bandsTIFF(17), transform.Output{}), errors.Limit), "17 channels")
}

// Segments beside the image take little room, and time that grows with their
// square. That they are damaged, or that there is something between them,
// makes no difference.
func TestSegmentsAreCounted(t *testing.T) {
	plain := asJPEG(t, solid(8, 8, red))
	first := 4 + int(binary.BigEndian.Uint16(plain[4:]))
	for _, segment := range []string{"\xff\xe2\x00\x03x", "\xff\xff\xfe\x00\x02", "\x00\xff\xed\x00\x02"} {
		with := func(n int) []byte {
			return slices.Concat(plain[:first], bytes.Repeat([]byte(segment), n), plain[first:])
		}
		result(t, newJob(with(1000), transform.Output{}))
		wantMessage(t, failure(t, newJob(with(5001), transform.Output{}), errors.Limit), "more than 5000 segments")
	}
}
