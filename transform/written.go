package transform

// Written is what is true of an image that is written down, of the things
// that metadata says of an image.
type Written struct {
	Format Format
	Size   Size // of one frame

	// Density is in pixels an inch, 0 for none in particular.
	Density float64

	// SRGB reports whether the numbers of its pixels are those of sRGB.
	SRGB bool
}
