package strip

import "slices"

// loops are the application extensions of a GIF that affect its appearance:
// the number of loops, and the colour profile.
var loops = []string{"NETSCAPE2.0", "ANIMEXTS1.0", "ICCRGBG1012"}

// Blocks of GIF89a, appendix A.
const (
	gifExtension = 0x21
	gifImage     = 0x2c
	gifTrailer   = 0x3b

	gifComment     = 0xfe
	gifApplication = 0xff
)

func stripGIF(file []byte) ([]byte, bool) {
	const screen = 13 // header and logical screen descriptor
	if len(file) < screen {
		return nil, false
	}
	at := screen + colours(file[10])
	if at > len(file) {
		return nil, false
	}
	out := append(make([]byte, 0, len(file)), file[:at]...)
	for {
		if at == len(file) {
			return out, true // decoders do not need the trailer
		}
		from, keep := at, true
		switch file[at] {
		case gifTrailer:
			return append(out, gifTrailer), true
		case gifExtension:
			if at+2 > len(file) {
				return nil, false
			}
			switch file[at+1] {
			case gifComment:
				keep = false
			case gifApplication:
				keep = at+14 <= len(file) && file[at+2] == 11 && slices.Contains(loops, string(file[at+3:at+14]))
			}
			at += 2
		case gifImage:
			if at+10 > len(file) {
				return nil, false
			}
			at += 10 + colours(file[at+9]) + 1 // and the code size
		case 0: // a superfluous empty block
			at++
			continue
		default:
			return nil, false
		}
		var ok bool
		if at, ok = subBlocks(file, at); !ok {
			return nil, false
		}
		if keep {
			out = append(out, file[from:at]...)
		}
	}
}

// colours returns the length of the colour table that flags announce.
func colours(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// subBlocks returns the offset after a sequence of sub-blocks.
func subBlocks(file []byte, at int) (int, bool) {
	for at < len(file) {
		size := int(file[at])
		at += 1 + size
		if size == 0 {
			return at, true
		}
	}
	return 0, false
}
