package header

import "github.com/caddy-images/caddy-images/transform/gif"

// readGIF reads the canvas, and walks over all blocks to count the frames.
func readGIF(h *Header, file []byte) bool {
	facts := gif.Read(file)
	h.Width, h.Height, h.Frames = facts.Width, facts.Height, max(facts.Frames, 1)
	if facts.Alpha {
		h.Channels, h.Alpha = 4, true
	}
	h.Palette = true
	return h.Width > 0
}
