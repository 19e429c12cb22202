//go:build cgo

package vips

// #include "blur.h"
import "C"

import (
	"fmt"
	"math"
	"unsafe"
)

// A Row is a row of a separable mask in whole numbers: symmetrical, and of
// odd length. Its largest number is at most 127.
type Row []int

// GaussRow returns the mask of libvips' gaussblur: a Gaussian in twentieths
// of its peak, cut off below a fifth of it.
func GaussRow(sigma float64) Row { return gaussRow(sigma, math.Inf(1), 20, 0.2) }

// GaussRowTo returns a Gaussian that reaches the given number of pixels to
// each side, in as many steps as a Row can have.
func GaussRowTo(reach int, sigma float64) Row {
	return gaussRow(sigma, float64(reach), mostInRow, 0)
}

const mostInRow = 127

func gaussRow(sigma, reach, peak, least float64) Row {
	var right Row
	for x := 0.0; x <= reach; x++ {
		v := math.Exp(-x * x / (2 * sigma * sigma))
		if v < least {
			break
		}
		right = append(right, int(math.Round(peak*v)))
	}
	row := make(Row, 2*len(right)-1)
	for x, v := range right {
		row[len(right)-1+x], row[len(right)-1-x] = v, v
	}
	return row
}

func (r Row) check() error {
	for i, v := range r {
		if v < 0 || v > mostInRow || v != r[len(r)-1-i] {
			return fmt.Errorf("blur: a row with %d: %w", v, errArgument)
		}
	}
	if len(r)%2 == 0 || r[len(r)/2] == 0 {
		return fmt.Errorf("blur: a row of %d: %w", len(r), errArgument)
	}
	return nil
}

// UnsharpOptions configure an unsharp mask.
type UnsharpOptions struct {
	Amount    float64 // factor of the added difference
	Threshold float64 // smallest difference, exclusive, in sample units
}

// Blur convolves an 8-bit image with the row, horizontally and vertically, as
// Convsep would in whole numbers; transparent pixels have no colour. Its time
// depends on the number of steps in the row, not on its length. It computes
// the result into memory at once.
func (i *Image) Blur(row Row) (*Image, error) { return i.blur(row, UnsharpOptions{}) }

// Unsharp adds the difference to the blurred image, at once like Blur.
func (i *Image) Unsharp(row Row, opts UnsharpOptions) (*Image, error) { return i.blur(row, opts) }

func (i *Image) blur(row Row, opts UnsharpOptions) (*Image, error) {
	const op = "blur"
	if i.c == nil {
		return nil, fmt.Errorf("%s: %w", op, errClosed)
	}
	if err := row.check(); err != nil {
		return nil, err
	}
	in, err := i.staged()
	if err != nil {
		return nil, err
	}
	alpha := C.gboolean(boolean(i.HasAlpha()))
	mask := cInts(row)
	var out *C.VipsImage
	err = i.scope.do(op, func() C.int {
		numbers, n := unsafe.SliceData(mask), C.int(len(mask))
		if reel := i.scope.reel; reel != nil {
			return C.bridge_reel_blur(reel.c, in.c, &out, numbers, n, alpha, C.double(opts.Amount), C.double(opts.Threshold))
		}
		return C.bridge_blur(in.c, &out, numbers, n, alpha, C.double(opts.Amount), C.double(opts.Threshold))
	})
	if err != nil {
		return nil, err
	}
	return i.scope.adopt(out), nil
}
