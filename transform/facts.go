package transform

import (
	"math"
	"math/bits"
)

// Size is width and height in pixels.
type Size struct{ Width, Height int }

// Pixels is how many pixels a picture of the size has. A number that does not
// fit, which the header of a hostile file can announce, is the largest that does.
func (s Size) Pixels() int64 { return times(int64(s.Width), int64(s.Height)) }

// times multiplies what is not negative, up to the largest number there is.
func times(a, b int64) int64 {
	if high, low := bits.Mul64(uint64(a), uint64(b)); high == 0 && low <= math.MaxInt64 {
		return int64(low)
	}
	return math.MaxInt64
}

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
