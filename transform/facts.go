package transform

// Size is width and height in pixels.
type Size struct{ Width, Height int }

// Pixels is how many pixels a picture of the size has.
func (s Size) Pixels() int64 { return int64(s.Width) * int64(s.Height) }

// Facts is what is known of a picture.
type Facts struct {
	// Size is the picture's as a viewer sees it: EXIF orientation applied, one
	// frame of an animation.
	Size Size

	// Format is the file's.
	Format Format

	// Frames is 1 for a still picture.
	Frames int

	// Alpha tells whether the picture can be transparent.
	Alpha bool
}
