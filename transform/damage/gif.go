package damage

// Blocks of GIF89a, section 12 and on.
const (
	gifImage     = 0x2c
	gifExtension = 0x21
	gifControl   = 0xf9
	gifTrailer   = 0x3b
)

// findGIF walks over all blocks, and counts the pixels of each frame. A file may end
// without its trailer, but not within a block, and not before the frame that a graphic
// control extension is for.
func findGIF(file []byte) Missing {
	found, _ := walkGIF(file)
	return found
}

// walkGIF is findGIF. whole is where the last frame ends before which nothing is
// missing; 0 for none.
func walkGIF(file []byte) (found Missing, whole int) {
	const screen = 6
	if len(file) < screen+7 {
		return "the first frame", 0
	}
	at := screen + 7 + gifPalette(file[screen+4])
	frames, announced := 0, false
	for {
		if at >= len(file) {
			if announced || frames == 0 || at > len(file) {
				return missing("frame %d", frames+1), whole
			}
			return "", whole
		}
		switch file[at] {
		case gifTrailer:
			return "", whole
		case 0: // an empty data block too many, which some encoders write
			at++
		case gifExtension:
			announced = announced || at+1 < len(file) && file[at+1] == gifControl
			if at = behindBlocks(file, at+2); at < 0 {
				return missing("what follows frame %d", frames), whole
			}
		case gifImage:
			frames++
			announced = false
			if at+10 > len(file) {
				return missing("frame %d", frames), whole
			}
			width, height := int(file[at+5])|int(file[at+6])<<8, int(file[at+7])|int(file[at+8])<<8
			at += 10 + gifPalette(file[at+9])
			pixels, ok := lzwPixels(file, at, width*height)
			if pixels < width*height {
				return missing("pixels of frame %d, which has %d of %d", frames, pixels, width*height), whole
			}
			if at = behindBlocks(file, at+1); at < 0 || !ok {
				return missing("the end of frame %d", frames), whole
			}
			whole = at
		default:
			return missing("what follows frame %d", frames), whole
		}
	}
}

// gifPalette returns the length of the colour table that a packed field
// announces.
func gifPalette(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// behindBlocks walks over data blocks, each with its length before it, to behind the
// one of length 0. It is -1 where the file ends before that.
func behindBlocks(file []byte, at int) int {
	for at < len(file) {
		n := int(file[at])
		at += 1 + n
		if n == 0 {
			return at
		}
	}
	return -1
}

// lzwPixels returns how many pixels the data of a frame come to, up to as
// many as are wanted (GIF89a, appendix F). Of each string only the length is
// kept. It is false for data that no encoder writes.
func lzwPixels(file []byte, at, wanted int) (pixels int, ok bool) {
	if at >= len(file) {
		return 0, false
	}
	const widest = 12
	least := uint(file[at])
	if least < 1 || least >= widest {
		return 0, false
	}
	var lengths [1 << widest]uint16
	clear := 1 << least
	for n := range clear {
		lengths[n] = 1
	}
	next, size, last := clear+2, least+1, -1
	var bits uint32
	var have uint
	for at++; at < len(file) && file[at] != 0; {
		block := file[at+1 : min(at+1+int(file[at]), len(file))]
		at += 1 + len(block)
		for _, b := range block {
			bits |= uint32(b) << have
			for have += 8; have >= size; {
				code := int(bits & (1<<size - 1))
				bits >>= size
				have -= size
				switch {
				case code == clear:
					next, size, last = clear+2, least+1, -1
					continue
				case code == clear+1:
					return pixels, true
				case code > next || last < 0 && code > clear || code == next && last < 0:
					return pixels, false
				}
				if last >= 0 && next < len(lengths) {
					lengths[next] = lengths[last] + 1
					if next++; next == 1<<size && size < widest {
						size++
					}
				}
				pixels += int(lengths[code])
				if pixels >= wanted {
					return wanted, true
				}
				last = code
			}
		}
	}
	return pixels, true
}
