package gif

import (
	"compress/lzw"
	"io"
	"math"
	"slices"
)

// Clear returns a file with the same image in which libvips sees all frames,
// and transparent pixels wherever no frame covers the canvas; the same file
// if libvips does so anyway.
//
// Frames that leave a hole get a transparent colour that none of their pixels
// uses. A frame that uses all 256 colours loses the one closest to another.
//
// Finding such a colour may require decoding at most about mostPixels pixels.
// Anything beyond is left unchanged: frames past those that are drawn, or
// outside of the canvas.
func Clear(file []byte, mostPixels int64) []byte {
	file = tidied(file)
	s := survey(file)
	if !s.uncovered {
		return file
	}
	marked := s.clearing
	if len(marked) == 0 && !s.transparent && s.any.end != 0 {
		marked = []frame{s.any}
	}
	if len(marked) == 0 {
		return file
	}
	cleared := make([]byte, 0, len(file)+len(file)/16)
	at := 0
	for _, f := range marked {
		if file[f.data] == widest {
			if mostPixels -= int64(f.area.Dx()) * int64(f.area.Dy()); mostPixels < 0 {
				break
			}
		}
		index, pixels := free(file, f)
		if f.control != 0 {
			cleared = append(cleared, file[at:f.control]...)
			cleared = append(cleared, file[f.control]|1, file[f.control+1], file[f.control+2], index)
			at = f.control + controlSize
		} else {
			const usual = 10 // hundredths of a second, libvips' default
			cleared = append(cleared, file[at:f.descriptor]...)
			cleared = append(cleared, extension, control, controlSize, 1, usual, 0, index, 0)
			at = f.descriptor
		}
		if pixels != nil {
			cleared = append(cleared, file[at:f.data]...)
			cleared = append(cleared, pixels...)
			at = f.end
		}
	}
	return append(cleared, file[at:]...)
}

// widest is the code size for 256 colours.
const widest = 8

// free returns a colour index that no pixel of the frame uses. If there is
// none, pixels are the frame's data without that colour, to replace the
// original data.
func free(file []byte, f frame) (index byte, pixels []byte) {
	if file[f.data] != widest {
		return math.MaxUint8, nil // larger than the code size allows
	}
	var used [256]bool
	indexes := decoded(file, f)
	for buffer := make([]byte, 16<<10); ; {
		n, err := indexes.Read(buffer)
		for _, i := range buffer[:n] {
			used[i] = true
		}
		if err != nil {
			break
		}
	}
	if i := slices.Index(used[:], false); i >= 0 {
		return byte(i), nil
	}
	from, to := nearest(colours(file, f))
	return from, without(file, f, from, to)
}

// decoded returns the colour indexes of the frame's pixels.
func decoded(file []byte, f frame) io.Reader {
	return io.LimitReader(lzw.NewReader(&blocks{rest: file[f.data+1 : f.end]}, lzw.LSB, widest), int64(f.area.Dx())*int64(f.area.Dy()))
}

// colours returns the frame's colour table: its own, or the global one.
func colours(file []byte, f frame) (table [256][3]byte) {
	at, entries := f.table, f.entries
	if at == 0 {
		at = screenStart + screenLength
		_, entries = tableAt(file, screenStart+4)
	}
	for i := range entries {
		if at+3*i+3 > len(file) {
			break
		}
		copy(table[i][:], file[at+3*i:])
	}
	return table
}

// nearest returns the two most similar colours.
func nearest(table [256][3]byte) (a, b byte) {
	least := math.MaxInt
	for i := range table {
		for j := range i {
			sum := 0
			for k := range 3 {
				d := int(table[i][k]) - int(table[j][k])
				sum += d * d
			}
			if sum < least {
				least, a, b = sum, byte(i), byte(j)
			}
		}
	}
	return a, b
}

// without returns the frame's data with one colour replaced by another.
func without(file []byte, f frame, from, to byte) []byte {
	out := &blockWriter{out: []byte{widest}}
	w := lzw.NewWriter(out, lzw.LSB, widest)
	indexes := decoded(file, f)
	for buffer := make([]byte, 16<<10); ; {
		n, err := indexes.Read(buffer)
		for i, index := range buffer[:n] {
			if index == from {
				buffer[i] = to
			}
		}
		w.Write(buffer[:n]) // never fails, as out does not
		if err != nil {
			break
		}
	}
	w.Close()
	return out.end()
}

// blocks reads a sequence of data blocks.
type blocks struct {
	rest []byte
	left int // in the current block
}

func (b *blocks) Read(p []byte) (int, error) {
	for b.left == 0 {
		if len(b.rest) == 0 || b.rest[0] == 0 {
			return 0, io.EOF
		}
		b.left, b.rest = int(b.rest[0]), b.rest[1:]
	}
	n := copy(p, b.rest[:min(b.left, len(b.rest))])
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	b.rest, b.left = b.rest[n:], b.left-n
	return n, nil
}

// blockWriter writes a sequence of data blocks.
type blockWriter struct{ out, block []byte }

func (b *blockWriter) Write(p []byte) (int, error) {
	b.block = append(b.block, p...)
	for len(b.block) >= math.MaxUint8 {
		b.flush(math.MaxUint8)
	}
	return len(p), nil
}

func (b *blockWriter) flush(n int) {
	b.out = append(append(b.out, byte(n)), b.block[:n]...)
	b.block = append(b.block[:0], b.block[n:]...)
}

func (b *blockWriter) end() []byte {
	if len(b.block) > 0 {
		b.flush(len(b.block))
	}
	return append(b.out, 0)
}
