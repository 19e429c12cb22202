//go:build cgo

package vips

// #include "bridge.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// Black returns an image of zeroes, 8 bits a sample, of the given number of
// bands.
func (s *Scope) Black(width, height, bands int) (*Image, error) {
	return s.image("black", args{"width": width, "height": height, "bands": bands})
}

// NewSolid returns an sRGB image of one colour, values 0 to 255: red, green,
// blue and perhaps alpha.
func (s *Scope) NewSolid(width, height int, colour ...float64) (*Image, error) {
	black, err := s.Black(width, height, 1)
	if err != nil {
		return nil, err
	}
	defer black.Close()
	zeros := make([]float64, len(colour))
	solid, err := black.Linear(zeros, colour, true)
	if err != nil {
		return nil, err
	}
	defer solid.Close()
	return solid.CopyAs(InterpretationSRGB)
}

// NewImageFromMemory returns an image of 8-bit samples, in rows from the top
// left with interleaved bands: width*height*bands of them. They are copied.
func (s *Scope) NewImageFromMemory(samples []byte, width, height, bands int, space Interpretation) (*Image, error) {
	const op = "new_from_memory"
	if len(samples) == 0 || len(samples) != width*height*bands {
		return nil, fmt.Errorf("%s: %d samples for %d x %d x %d: %w", op, len(samples), width, height, bands, errArgument)
	}
	var c *C.VipsImage
	err := s.do(op, func() C.int {
		c = C.vips_image_new_from_memory_copy(unsafe.Pointer(&samples[0]), C.size_t(len(samples)),
			C.int(width), C.int(height), C.int(bands), C.VIPS_FORMAT_UCHAR)
		if c == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	plain := s.adopt(c)
	defer plain.Close()
	return plain.CopyAs(space)
}

// NewMatrix returns a one-band image of doubles, given in rows of width values:
// a mask for [Image.Conv], a matrix for [Image.Recomb], a table for
// [Image.Maplut].
func (s *Scope) NewMatrix(width int, values ...float64) (*Image, error) {
	const op = "new_matrix"
	if width < 1 || len(values) == 0 || len(values)%width != 0 {
		return nil, fmt.Errorf("%s: %d values in rows of %d: %w", op, len(values), width, errArgument)
	}
	var c *C.VipsImage
	err := s.do(op, func() C.int {
		c = C.vips_image_new_matrix_from_array(C.int(width), C.int(len(values)/width),
			(*C.double)(&values[0]), C.int(len(values)))
		if c == nil {
			return -1
		}
		return 0
	})
	if err != nil {
		return nil, err
	}
	return s.adopt(c), nil
}

// XYZ returns an image of two bands with the x and y of each pixel.
func (s *Scope) XYZ(width, height int) (*Image, error) {
	return s.image("xyz", args{"width": width, "height": height})
}
