package gif

import "image"

// Facts are the properties of an image.
type Facts struct {
	// Width and Height are in pixels. A first frame larger than the announced
	// canvas enlarges it, as in libvips. They are 0 if the file is not a GIF.
	Width, Height int

	// Frames is at most 100,000.
	Frames int

	// Alpha reports whether pixels may be transparent: a frame has a
	// transparent colour, or leaves a pixel of the canvas uncovered.
	Alpha bool
}

// Read reads the facts of a file, which may be truncated.
func Read(file []byte) Facts {
	s := survey(file)
	return Facts{Width: s.canvas.Dx(), Height: s.canvas.Dy(), Frames: s.frames, Alpha: s.transparent || s.uncovered}
}

// found is the result of survey.
type found struct {
	canvas      image.Rectangle
	frames      int
	uncovered   bool // a frame leaves a pixel of the canvas uncovered
	transparent bool // a frame has a transparent colour

	// clearing are the frames without a transparent colour whose cleared area
	// may be visible, in order.
	clearing []frame

	any frame // one without a transparent colour, if possible one whose pixels need not be decoded
}

// survey tracks the hole in the image from frame to frame. Before the first
// frame it is the whole canvas. A frame that covers it closes it; a frame
// that is cleared afterwards opens another. Until one is visible, there is at
// most one.
func survey(file []byte) (s found) {
	s.canvas = screen(file)
	hole := s.canvas
	var left []frame // the frame whose disposal left the hole
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
		case restorePrevious, alsoPrevious: // including the hole
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
