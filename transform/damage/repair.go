package damage

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/caddy-images/caddy-images/transform/sniff"
)

// Repair makes a file that decoders open from the readable part of a damaged
// one: for a PNG the existing rows, followed by black or transparent ones;
// for an animation the frames before the first damaged one. If that is
// impossible, and for other formats, whose decoders do this themselves or
// cannot, the file is returned unchanged.
//
// With missing rows, libspng in libvips leaves memory uninitialised, which
// shows parts of other images. A PNG with more than mostPixels is left to
// libvips to refuse.
//
// It stops soon when ctx is done.
func Repair(ctx context.Context, file []byte, format sniff.Format, mostPixels int64) []byte {
	var repaired []byte
	switch format {
	case sniff.PNG:
		repaired = repairPNG(ctx, file, mostPixels)
	case sniff.GIF:
		repaired = repairGIF(file)
	case sniff.WebP:
		repaired = repairWebP(file)
	}
	if repaired == nil {
		return file
	}
	return repaired
}

// repairPNG keeps the intact chunks before the pixels.
func repairPNG(ctx context.Context, file []byte, mostPixels int64) []byte {
	const ihdr = pngSignature + 8
	if len(file) < ihdr+13+4 || string(file[ihdr-4:ihdr]) != "IHDR" {
		return nil
	}
	header := file[ihdr : ihdr+13]
	width, height := int64(binary.BigEndian.Uint32(header)), int64(binary.BigEndian.Uint32(header[4:]))
	wanted := pngBytes(header)
	if wanted <= 0 || width > mostPixels/max(height, 1) {
		return nil
	}
	repaired := bytes.NewBuffer(bytes.Clone(file[:pngSignature]))
	var data []io.Reader
	for at := pngSignature; at+8 <= len(file); {
		length, kind := int(binary.BigEndian.Uint32(file[at:])), string(file[at+4:at+8])
		isCut := len(file)-at-12 < length
		switch {
		case kind == "IEND":
			isCut = true // nothing more is needed
		case kind == "IDAT":
			data = append(data, bytes.NewReader(file[at+8:at+8+min(length, len(file)-at-8)]))
		case !isCut && len(data) == 0:
			writeChunk(repaired, kind, file[at+8:at+8+length])
		}
		if isCut {
			break
		}
		at += 12 + length
	}
	var packed bytes.Buffer
	w, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	have := int64(0)
	if z, err := zlib.NewReader(io.MultiReader(data...)); err == nil {
		have, _ = io.Copy(w, io.LimitReader(stopping{ctx, z}, wanted))
	}
	if have == 0 {
		return nil
	}
	_, err := io.Copy(w, io.LimitReader(stopping{ctx, zeroes{}}, wanted-have))
	if err != nil || w.Close() != nil {
		return nil
	}
	writeChunk(repaired, "IDAT", packed.Bytes())
	writeChunk(repaired, "IEND", nil)
	return repaired.Bytes()
}

func writeChunk(to *bytes.Buffer, kind string, content []byte) {
	chunk := append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), kind...)
	chunk = append(chunk, content...)
	to.Write(binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:])))
}

// stopping is a reader that fails when a context is done.
type stopping struct {
	ctx context.Context
	io.Reader
}

// Read implements io.Reader.
func (s stopping) Read(p []byte) (int, error) {
	if s.ctx.Err() != nil {
		return 0, s.ctx.Err()
	}
	return s.Reader.Read(p)
}

// zeroes are unfiltered rows of black or transparent pixels.
type zeroes struct{}

// Read implements io.Reader.
func (zeroes) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// repairGIF ends the file before the first damaged frame.
func repairGIF(file []byte) []byte {
	_, whole := walkGIF(file)
	if whole == 0 {
		return nil
	}
	return append(bytes.Clone(file[:whole]), gifTrailer)
}

// repairWebP ends an animation before the first incomplete frame.
func repairWebP(file []byte) []byte {
	const first = 12
	end, frames := first, 0
	for at := first; at+8 <= len(file); {
		size := int(binary.LittleEndian.Uint32(file[at+4:]))
		if size > len(file)-at-8 {
			break
		}
		next := min(at+8+size+size&1, len(file))
		if string(file[at:at+4]) == "ANMF" {
			frames++
		}
		at, end = next, next
	}
	if frames == 0 {
		return nil
	}
	repaired := bytes.Clone(file[:end])
	binary.LittleEndian.PutUint32(repaired[4:], uint32(end-8))
	return repaired
}
