//go:build cgo

package vips

// #include "warp.h"
import "C"

import "fmt"

// A Warp maps positions in a warped image, in pixels, to positions in the
// source, as fractions of its width and height.
type Warp struct {
	// Matrix has three rows: its product with (x, y, 1), divided by the third
	// component, is the position. It is unused if there is a Ring.
	Matrix [9]float64

	Ring *Ring
}

// Ring is a part of a ring around (0, 0) along which the rows of an image are
// laid.
type Ring struct {
	Half  float64 // the angle from its middle to an end, in radians
	Edge  float64 // the radius of the image's upper edge
	Slope float64 // fraction of the image's height per pixel outwards
	Down  bool    // its middle is below its centre
}

// Warp draws the 8-bit image warped, with alpha: width by height pixels with
// the top left corner at left and top. Positions outside of the image are
// transparent. It interpolates bicubically; the image must be scaled down
// before if it gets much smaller. It computes the result into memory at once.
func (i *Image) Warp(width, height int, left, top float64, w Warp) (*Image, error) {
	const op = "warp"
	if i.c == nil {
		return nil, fmt.Errorf("%s: %w", op, errClosed)
	}
	if width < 1 || height < 1 {
		return nil, fmt.Errorf("%s: to %d x %d: %w", op, width, height, errArgument)
	}
	var c C.Warp
	for n, v := range w.Matrix {
		c.matrix[n] = C.double(v)
	}
	if r := w.Ring; r != nil {
		c.ring, c.half, c.edge, c.slope, c.up = C.TRUE, C.double(r.Half), C.double(r.Edge), C.double(r.Slope), 1
		if r.Down {
			c.up = -1
		}
	}
	in, err := i.staged()
	if err != nil {
		return nil, err
	}
	var out *C.VipsImage
	err = i.scope.do(op, func() C.int {
		if reel := i.scope.reel; reel != nil {
			return C.bridge_reel_warp(reel.c, in.c, &out, C.int(width), C.int(height), C.double(left), C.double(top), &c)
		}
		return C.bridge_warp(in.c, &out, C.int(width), C.int(height), C.double(left), C.double(top), &c)
	})
	if err != nil {
		return nil, err
	}
	return i.scope.adopt(out), nil
}
