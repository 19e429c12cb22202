//go:build cgo

package vips

// #include "blur.h"
import "C"

import (
	"fmt"
	"math"
	"unsafe"
)

// A Row is one row of a separable mask, of whole numbers: symmetrical, and of an odd
// length. Its largest number is at most 127.
type Row []int

// GaussRow returns the mask of libvips' gaussblur: a Gaussian in twentieths
// of its peak, cut off where it is below a fifth of that.
func GaussRow(sigma float64) Row { return gaussRow(sigma, math.Inf(1), 20, 0.2) }

// GaussRowTo returns a Gaussian that reaches so many pixels to either side,
// in as many steps as a Row can have.
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

// UnsharpOptions is what an unsharp mask does with what differs from the blurred
// image.
type UnsharpOptions struct {
	Amount    float64 // how many times the difference is added
	Threshold float64 // the least difference, exclusive, in units of a sample
}

// Blur convolves an image of 8 bits a sample with the row, across and then down, as
// Convsep would in whole numbers; what is transparent has no colour. It takes as long
// as the row has steps, however long it is, and computes the result at once, into
// memory.
func (i *Image) Blur(row Row) (*Image, error) { return i.blur(row, UnsharpOptions{}) }

// Unsharp adds to an image of 8 bits a sample the difference to its blurred self. It
// does so at once, as Blur.
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
