//go:build cgo

package vips

// #include "bridge.h"
import "C"

// Reading the facts of an image is cheap: they were read when it was opened.
// For a closed image they are zero.

// Width is in pixels.
func (i *Image) Width() int {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_get_width(c) })
}

// Height is in pixels, of all pages together.
func (i *Image) Height() int {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_get_height(c) })
}

// PageHeight returns the height of one page or frame, in pixels.
func (i *Image) PageHeight() int {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_get_page_height(c) })
}

// Pages returns the number of pages or frames of the file, opened or not: at
// least 1.
func (i *Image) Pages() int {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_get_n_pages(c) })
}

// Density returns the density of the file in pixels per inch; 0 if the file
// does not declare it. libvips counts per millimetre, and uses one for
// unknown.
func (i *Image) Density() float64 {
	const inch = 25.4 // millimetres
	if i.c == nil {
		return 0
	}
	if v := float64(C.vips_image_get_xres(i.c)); v != 1 {
		return v * inch
	}
	return 0
}

// Bands returns the number of channels, the alpha channel included.
func (i *Image) Bands() int {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_get_bands(c) })
}

// HasAlpha reports whether the last band is transparency.
func (i *Image) HasAlpha() bool {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_hasalpha(c) }) != 0
}

// BandFormat returns the type of a sample.
func (i *Image) BandFormat() BandFormat {
	return BandFormat(i.fact(func(c *C.VipsImage) C.int { return C.int(C.vips_image_get_format(c)) }))
}

// Interpretation returns the colour space.
func (i *Image) Interpretation() Interpretation {
	return Interpretation(i.fact(func(c *C.VipsImage) C.int { return C.int(C.vips_image_get_interpretation(c)) }))
}

// Orientation returns EXIF's, 1 to 8; 1, upright, if there is none.
func (i *Image) Orientation() int {
	return i.fact(func(c *C.VipsImage) C.int { return C.vips_image_get_orientation(c) })
}

// HasProfile reports whether an ICC profile is attached.
func (i *Image) HasProfile() bool { return i.HasField(FieldProfile) }

func (i *Image) fact(get func(*C.VipsImage) C.int) int {
	if i.c == nil {
		return 0
	}
	return int(get(i.c))
}
