//go:build cgo

package vips

// These methods compute the pixels: a sequential image can be used by one of
// them only.

// Average returns the mean of all samples.
func (i *Image) Average() (float64, error) { return i.number("avg") }

func (i *Image) number(name string) (v float64, err error) {
	err = i.call(name, args{}, func(op *operation) error {
		v = op.float("out")
		return nil
	})
	return v, err
}

// Getpoint returns the samples of one pixel.
func (i *Image) Getpoint(x, y int) (point []float64, err error) {
	err = i.call("getpoint", args{"x": x, "y": y}, func(op *operation) error {
		point = op.floats("out-array")
		return nil
	})
	return point, err
}

// HistFind counts the samples: an image of 256 by 1 pixels (for 8 bits) with
// the counts of each band.
func (i *Image) HistFind() (*Image, error) { return i.image("hist_find", args{}) }

// Maplut replaces each sample by the value at its index in lut, an image one
// pixel high.
func (i *Image) Maplut(lut *Image) (*Image, error) { return i.image("maplut", args{"lut": lut}) }
