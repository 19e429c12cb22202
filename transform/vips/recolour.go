//go:build cgo

package vips

// #include "recolour.h"
import "C"

import (
	"fmt"
	"runtime"
	"unsafe"
)

// Recolouring is a conversion of samples to sRGB.
type Recolouring struct {
	// Light is the linear light of each code value: 256 or 65536, for samples
	// of 8 or 16 bits. The components of a gray image all have the same
	// light.
	Light []float32

	// Tone, if any, maps each component's light after it was multiplied by
	// the pixel's luminance raised to Exponent: a table for light from 0 to
	// Most, in even steps of its square root.
	Tone           []float32
	Most, Exponent float32
	Luma           [3]float32

	// Matrix has a row for each component of the result, which is clipped to
	// 0 to 1.
	Matrix [9]float32

	// Encode are the 65536 samples for light from 0 to 1, in even steps.
	Encode []byte
}

// Recolour converts an image of 8 or 16 bits, gray or RGB, to 8-bit sRGB.
// Alpha keeps its upper 8 bits.
func (i *Image) Recolour(r Recolouring) (*Image, error) {
	const op, encoded = "recolour", 65536
	if i.c == nil {
		return nil, fmt.Errorf("%s: %w", op, errClosed)
	}
	if len(r.Light) == 0 || len(r.Encode) != encoded {
		return nil, fmt.Errorf("%s: tables of %d and %d: %w", op, len(r.Light), len(r.Encode), errArgument)
	}
	c := C.Recolour{
		light: (*C.float)(&r.Light[0]), lights: C.size_t(len(r.Light)),
		encode:   (*C.uint8_t)(unsafe.Pointer(&r.Encode[0])),
		exponent: C.float(r.Exponent), most: C.float(r.Most),
	}
	for n, v := range r.Matrix {
		c.matrix[n] = C.float(v)
	}
	for n, v := range r.Luma {
		c.luma[n] = C.float(v)
	}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	pinner.Pin(&r.Light[0])
	pinner.Pin(&r.Encode[0])
	if len(r.Tone) > 0 {
		pinner.Pin(&r.Tone[0])
		c.tone, c.tones = (*C.float)(&r.Tone[0]), C.size_t(len(r.Tone))
	}
	var out *C.VipsImage
	err := i.scope.do(op, func() C.int { return C.bridge_recolour(i.c, &out, &c) })
	if err != nil {
		return nil, err
	}
	return i.scope.adopt(out), nil
}
