package transform

// Written has the properties of an encoded image that metadata may describe.
type Written struct {
	Format Format
	Size   Size // of one frame

	// Density is in pixels per inch, 0 for none.
	Density float64

	// SRGB reports whether the pixels are sRGB.
	SRGB bool
}
