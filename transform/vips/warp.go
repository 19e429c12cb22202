//go:build cgo

package vips

// #include "warp.h"
import "C"

import "fmt"

// A Warp says where the pixels of a warped image come from: for a place there, in
// pixels, which part of the width and height of the image.
type Warp struct {
	// Matrix is of three rows: what it makes of (x, y, 1), divided by the third, are
	// the parts. It has no say where there is a Ring.
	Matrix [9]float64

	Ring *Ring
}

// Ring is a part of a ring around (0, 0) along which the rows of an image are laid.
type Ring struct {
	Half  float64 // the angle from its middle to an end, in radians
	Edge  float64 // the radius of the image's upper edge
	Slope float64 // the part of the image's height for each pixel farther out
	Down  bool    // its middle is below its centre, and not above
}

// Warp draws the image, of 8 bits a sample, anew, with alpha: width by height pixels of
// which the top left corner is at left and top. What is beyond the edges of the image
// is transparent. It interpolates by a bicubic; what gets much smaller must be made so
// before. The result is computed at once, into memory.
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
