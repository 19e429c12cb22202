package damage

// Blocks (GIF89a, from section 12).
const (
	gifImage     = 0x2c
	gifExtension = 0x21
	gifControl   = 0xf9
	gifTrailer   = 0x3b
)

// findGIF walks over all blocks, and counts the pixels of each frame. A file
// may lack its trailer, but must not end within a block, or before the frame
// that a graphic control extension announces.
func findGIF(file []byte) Missing {
	found, _ := walkGIF(file)
	return found
}

// walkGIF implements findGIF. whole is the end of the last frame before which
// nothing is missing; 0 if there is none.
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
		case 0: // a superfluous empty data block, which some encoders write
			at++
		case gifExtension:
			announced = announced || at+1 < len(file) && file[at+1] == gifControl
			if at = behindBlocks(file, at+2); at < 0 {
				return missing("the data after frame %d", frames), whole
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
			return missing("the data after frame %d", frames), whole
		}
	}
}

// gifPalette returns the length of the colour table announced by a packed
// field.
func gifPalette(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// behindBlocks returns the offset after a sequence of data blocks and its
// terminator, or -1 if the file ends before that.
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

// lzwPixels returns the number of pixels in the data of a frame, up to wanted
// (GIF89a, appendix F). It keeps only the length of each string. ok is false
// for data that no encoder writes.
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
