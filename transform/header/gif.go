package header

// Blocks of GIF89a, section 12 and on.
const (
	gifImage     = 0x2c
	gifExtension = 0x21
	gifControl   = 0xf9
)

// readGIF reads the canvas and walks all blocks to count the frames.
func readGIF(h *Header, file []byte) bool {
	const screen = 6
	if len(file) < screen+7 {
		return false
	}
	h.Width, h.Height = little16(file, screen), little16(file, screen+2)
	at := screen + 7 + palette(file[screen+4])
	frames := 0
walk:
	for at < len(file) && frames < mostFrames {
		switch file[at] {
		case gifExtension:
			if at+3 < len(file) && file[at+1] == gifControl && file[at+3]&1 != 0 {
				h.Channels, h.Alpha = 4, true
			}
			at = behindBlocks(file, at+2)
		case gifImage:
			if at+10 > len(file) {
				break walk
			}
			frames++
			at = behindBlocks(file, at+10+palette(file[at+9])+1)
		default: // the trailer, or damage
			break walk
		}
	}
	h.Frames = max(frames, 1)
	return true
}

// palette is the length of the colour table that a packed field announces.
func palette(packed byte) int {
	if packed&0x80 == 0 {
		return 0
	}
	return 3 << (packed&7 + 1)
}

// behindBlocks walks over data blocks, each with its length before it, to the
// one of length 0.
func behindBlocks(file []byte, at int) int {
	for at < len(file) && file[at] != 0 {
		at += 1 + int(file[at])
	}
	return at + 1
}
