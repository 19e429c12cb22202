// Package gif finds the pixels of a GIF that no frame covers: around a first
// frame that is smaller than the canvas, and where a frame is cleared by its
// disposal and the next one does not cover it.
//
// The specification has them "restored to the background color" (GIF89a,
// section 23), which all browsers treat as transparent. libvips does so only
// for frames with a transparent colour. Otherwise it shows the first colour
// of the palette, or black.
//
// It is plain Go and reads untrusted files: it never panics, and its time is
// bounded by the file's length and the pixels of its frames.
package gif

import (
	"encoding/binary"
	"image"
	"iter"
)

// Labels and parts of blocks (GIF89a, from section 18).
const (
	screenStart  = 6  // after the signature
	screenLength = 7  // of the logical screen descriptor
	controlSize  = 4  // bytes in a graphic control extension
	imageLength  = 10 // of an image descriptor

	extension = 0x21
	control   = 0xf9
	separator = 0x2c
)

// Disposals: what happens to a frame's pixels after its time.
const (
	restoreBackground = 2
	restorePrevious   = 3
	alsoPrevious      = 4 // written by old encoders, and read so by libvips and browsers
)

// mostFrames limits the frames that are examined.
const mostFrames = 100_000

// frame is one frame of the file.
type frame struct {
	area        image.Rectangle
	disposal    byte
	transparent bool // it has a transparent colour

	control    int // offset of the flags of its graphic control extension; 0 if it has none
	descriptor int // offset of the image descriptor
	table      int // offset of its own colour table; 0 if it has none
	entries    int // of that table
	data       int // offset of the code size, followed by the data blocks
	end        int // offset after these blocks
}

// screen returns the canvas that the file announces; empty if there is none.
func screen(file []byte) image.Rectangle {
	if len(file) < screenStart+screenLength {
		return image.Rectangle{}
	}
	return image.Rect(0, 0, int(little(file, screenStart)), int(little(file, screenStart+2)))
}

// grown returns a canvas enlarged to contain the first frame, as libvips
// does.
func grown(canvas image.Rectangle, first frame) image.Rectangle {
	canvas.Max.X, canvas.Max.Y = max(canvas.Max.X, first.area.Max.X), max(canvas.Max.Y, first.area.Max.Y)
	return canvas
}

// frames iterates over the frames of a file, up to its end or the first
// invalid block.
func frames(file []byte) iter.Seq2[int, frame] {
	return func(yield func(int, frame) bool) {
		if len(file) < screenStart+screenLength {
			return
		}
		_, entries := tableAt(file, screenStart+4)
		at := screenStart + screenLength + 3*entries
		var next frame
		for n := 0; at < len(file) && n < mostFrames; {
			switch file[at] {
			case extension:
				if at+3+controlSize <= len(file) && file[at+1] == control && file[at+2] >= controlSize {
					next.control = at + 3
					next.disposal = file[next.control] >> 2 & 7
					next.transparent = next.transparent || file[next.control]&1 != 0
				}
				at = behind(file, at+2)
			case separator:
				if at+imageLength >= len(file) {
					return
				}
				next.descriptor = at
				left, top := int(little(file, at+1)), int(little(file, at+3))
				next.area = image.Rect(left, top, left+int(little(file, at+5)), top+int(little(file, at+7)))
				at += imageLength
				if own, entries := tableAt(file, next.descriptor+9); own {
					next.table, next.entries = at, entries
					at += 3 * entries
				}
				next.data = at
				at = behind(file, at+1)
				next.end = min(at, len(file))
				if next.data >= len(file) || !yield(n, next) {
					return
				}
				next = frame{}
				n++
			case 0: // a superfluous empty block
				at++
			default: // the trailer, or damage
				return
			}
		}
	}
}

// tidied returns the file without superfluous empty blocks, which some
// encoders write. Other programs skip them; libvips stops there.
func tidied(file []byte) []byte {
	if len(file) < screenStart+screenLength {
		return file
	}
	_, entries := tableAt(file, screenStart+4)
	var out []byte
	at, kept := screenStart+screenLength+3*entries, 0
	for at < len(file) {
		switch file[at] {
		case extension:
			at = behind(file, at+2)
		case separator:
			if at+imageLength >= len(file) {
				at = len(file)
				break
			}
			_, entries := tableAt(file, at+9)
			at = behind(file, at+imageLength+3*entries+1)
		case 0:
			out = append(out, file[kept:at]...)
			at++
			kept = at
		default:
			at = len(file)
		}
	}
	if kept == 0 {
		return file
	}
	return append(out, file[kept:]...)
}

// tableAt reports whether the flags at an offset announce a colour table, and
// the number of its entries.
func tableAt(file []byte, at int) (announced bool, entries int) {
	if file[at]&0x80 == 0 {
		return false, 0
	}
	return true, 1 << (file[at]&7 + 1)
}

// behind returns the offset after a sequence of data blocks and its
// terminator.
func behind(file []byte, at int) int {
	for at < len(file) && file[at] != 0 {
		at += 1 + int(file[at])
	}
	return at + 1
}

func little(file []byte, at int) uint16 { return binary.LittleEndian.Uint16(file[at:]) }
