package header

import (
	"bytes"
	"math"
)

// readHEIF reads the properties of all items (ISO/IEC 23008-12). The largest
// size counts: a grid has its own, besides those of its tiles.
func readHEIF(h *Header, file []byte) bool {
	h.Width, h.Height = 0, 0
	properties := box(fullBox(box(file, "meta")), "iprp")
	for kind, data := range boxes(box(properties, "ipco")) {
		switch kind {
		case "ispe":
			w, t := big32(data, 4), big32(data, 8)
			if w <= mostPixels && t <= mostPixels && w*t > h.Width*h.Height {
				h.Width, h.Height = w, t
			}
		case "pixi":
			for _, bits := range data[min(len(data), 5):] {
				if bits > 8 {
					h.Depth = 16
				}
			}
		case "auxC":
			// The types of alpha in AV1 and HEVC.
			if bytes.Contains(data, []byte(":alpha")) || bytes.Contains(data, []byte("hevc:2015:auxid:1")) {
				h.Channels, h.Alpha = 4, true
			}
		case "irot":
			if len(data) > 0 && data[0]&1 != 0 {
				h.Orientation = 6
			}
		}
	}
	return true
}

// fullBox returns a box's content after version and flags.
func fullBox(data []byte) []byte { return data[min(len(data), 4):] }

// box returns the content of the first box of a kind.
func box(data []byte, kind string) []byte {
	for k, content := range boxes(data) {
		if k == kind {
			return content
		}
	}
	return nil
}

// mostBoxes exceeds what encoders write into one box.
const mostBoxes = 65536

// boxes iterates over boxes by kind and content, truncated at the end of the
// data.
func boxes(data []byte) func(yield func(string, []byte) bool) {
	return func(yield func(string, []byte) bool) {
		for n := 0; len(data) >= 8 && n < mostBoxes; n++ {
			head, size := 8, uint64(big32(data, 0))
			switch size {
			case 0: // to the end
				size = math.MaxUint64
			case 1:
				head, size = 16, uint64(big32(data, 8))<<32|uint64(big32(data, 12))
			}
			if size < uint64(head) || len(data) < head {
				return
			}
			end := int(min(size, uint64(len(data))))
			if !yield(string(data[4:8]), data[head:end]) {
				return
			}
			data = data[end:]
		}
	}
}
