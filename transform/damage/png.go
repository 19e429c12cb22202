package damage

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"hash/crc32"
	"io"
)

const pngSignature = 8

// findPNG walks over the chunks. A critical one with a wrong checksum was
// altered; errors in others do not affect the image (PNG, section 13.2). If
// the file ends without IEND, the rows are counted.
func findPNG(ctx context.Context, file []byte) (Missing, error) {
	var header []byte
	var data [][]byte
	for at := pngSignature; ; {
		if at+8 > len(file) {
			return rowsOf(ctx, header, data)
		}
		length, kind := int(binary.BigEndian.Uint32(file[at:])), string(file[at+4:at+8])
		content := file[at+8 : at+8+min(length, len(file)-at-8)]
		isCut := len(file)-at-12 < length
		switch {
		case kind == "IEND":
			if len(data) == 0 {
				return "all rows", nil
			}
			return "", nil
		case !isCut && isCritical(kind) && crc32.ChecksumIEEE(file[at+4:at+8+length]) != binary.BigEndian.Uint32(file[at+8+length:]):
			return missing("the correct bytes of its chunk %q", kind), nil
		case kind == "IHDR" && len(content) >= 13:
			header = content
		case kind == "IDAT":
			data = append(data, content)
		}
		if isCut {
			return rowsOf(ctx, header, data)
		}
		at += 12 + length
	}
}

// isCritical reports whether the image cannot be decoded without the chunk,
// as far as decoders know it.
func isCritical(kind string) bool { return kind == "IHDR" || kind == "PLTE" || kind == "IDAT" }

// rowsOf returns which rows a truncated file lacks.
func rowsOf(ctx context.Context, header []byte, data [][]byte) (Missing, error) {
	wanted := pngBytes(header)
	if wanted <= 0 {
		return "all rows", nil
	}
	readers := make([]io.Reader, len(data))
	for n, d := range data {
		readers[n] = bytes.NewReader(d)
	}
	z, err := zlib.NewReader(io.MultiReader(readers...))
	if err != nil {
		return "all rows", nil
	}
	have := int64(0)
	for have < wanted {
		n, err := io.CopyN(io.Discard, z, min(wanted-have, 1<<20))
		have += n
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err != nil {
			break
		}
	}
	if have < wanted {
		return missing("rows: %d%% of the pixels are there", 100*have/wanted), nil
	}
	return "", nil
}

// passes are the passes of an interlaced image: the first pixel and the
// distance between pixels (PNG, section 8.2).
var passes = [7][4]int64{
	{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2},
}

// pngBytes returns the length of the filtered rows of an image.
func pngBytes(header []byte) int64 {
	if len(header) < 13 {
		return 0
	}
	width, height := int64(binary.BigEndian.Uint32(header)), int64(binary.BigEndian.Uint32(header[4:]))
	channels := map[byte]int64{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[header[9]]
	const most = 1 << 24 // of each side, so that products fit
	if width > most || height > most {
		return 0
	}
	size := func(w, h int64) int64 {
		if w <= 0 || h <= 0 {
			return 0
		}
		return h * (1 + (w*channels*int64(header[8])+7)/8)
	}
	if header[12] == 0 {
		return size(width, height)
	}
	all := int64(0)
	for _, p := range passes {
		all += size((width-p[0]+p[2]-1)/p[2], (height-p[1]+p[3]-1)/p[3])
	}
	return all
}
