package gif

import "image"

// Facts are what a file says of its image.
type Facts struct {
	// Width and Height are in pixels. A first frame that reaches beyond the
	// announced canvas makes it larger, as libvips has it. 0 if the file is
	// not a GIF.
	Width, Height int

	// Frames is at most 100,000.
	Frames int

	// Alpha tells that some pixel may be transparent: a frame has a transparent colour,
	// or leaves a pixel of the canvas uncovered.
	Alpha bool
}

// Read reads the facts of a file, of which the end may be missing.
func Read(file []byte) Facts {
	s := survey(file)
	return Facts{Width: s.canvas.Dx(), Height: s.canvas.Dy(), Frames: s.frames, Alpha: s.transparent || s.uncovered}
}

// found is what survey finds.
type found struct {
	canvas      image.Rectangle
	frames      int
	uncovered   bool // some frame leaves a pixel of the canvas so
	transparent bool // some frame has a transparent colour

	// clearing are the frames without a transparent colour whose area, cleared, may be
	// seen. They are in their order.
	clearing []frame

	any frame // one without a transparent colour, if possible one whose pixels need not be decoded
}

// survey follows the hole in the image from frame to frame. Before the first
// frame it is all of the canvas. A frame that covers it ends it, and one that
// is cleared when its time is over leaves another. As long as none was seen
// there is one at most.
func survey(file []byte) (s found) {
	s.canvas = screen(file)
	hole := s.canvas
	var left []frame // the frame that the hole is left of, if it clears to the background
	for n, f := range frames(file) {
		if n == 0 {
			s.canvas = grown(s.canvas, f)
			hole = s.canvas
		}
		s.frames++
		if !f.transparent && (s.any.end == 0 || file[s.any.data] > file[f.data]) {
			s.any = f
		}
		s.transparent = s.transparent || f.transparent
		area := f.area.Intersect(s.canvas)
		if !s.uncovered && !hole.In(area) {
			s.uncovered = true
			s.clearing = append(s.clearing, left...)
		}
		clears := f.disposal == restoreBackground && !f.transparent && !area.Empty()
		if s.uncovered {
			if clears {
				s.clearing = append(s.clearing, f)
			}
			continue
		}
		switch f.disposal {
		case restorePrevious, alsoPrevious: // and with it the hole
		case restoreBackground:
			hole, left = area, nil
			if clears {
				left = []frame{f}
			}
		default:
			hole, left = image.Rectangle{}, nil
		}
	}
	return s
}
