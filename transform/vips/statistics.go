//go:build cgo

package vips

// These methods compute the pixels: a sequential image can be used by one of
// them only.

// Average returns the mean of all samples.
func (i *Image) Average() (float64, error) { return i.number("avg") }

// Min returns the smallest sample.
func (i *Image) Min() (float64, error) { return i.number("min") }

// Max returns the largest sample.
func (i *Image) Max() (float64, error) { return i.number("max") }

func (i *Image) number(name string) (v float64, err error) {
	err = i.call(name, args{}, func(op *operation) error {
		v = op.float("out")
		return nil
	})
	return v, err
}

// Percent returns the value that the given percentage, 0 to 100, of the
// samples of a one-band integer image does not exceed.
func (i *Image) Percent(percent float64) (threshold int, err error) {
	err = i.call("percent", args{"percent": percent}, func(op *operation) error {
		threshold = op.int("threshold")
		return nil
	})
	return threshold, err
}

// BandStats are the statistics of one band.
type BandStats struct{ Min, Max, Sum, SumSquares, Mean, Deviation float64 }

// Stats returns the statistics of all bands together, and of each.
func (i *Image) Stats() (all BandStats, bands []BandStats, err error) {
	var table *Image
	if table, err = i.image("stats", args{}); err != nil {
		return all, nil, err
	}
	defer table.Close()
	for row := range table.Height() {
		var v [6]float64
		for column := range v {
			point, err := table.Getpoint(column, row)
			if err != nil {
				return all, nil, err
			}
			v[column] = point[0]
		}
		band := BandStats{v[0], v[1], v[2], v[3], v[4], v[5]}
		if row == 0 {
			all = band
		} else {
			bands = append(bands, band)
		}
	}
	return all, bands, nil
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

// HistCum makes a histogram cumulative.
func (i *Image) HistCum() (*Image, error) { return i.image("hist_cum", args{}) }

// HistNorm scales a histogram so that its largest value is its width minus
// one.
func (i *Image) HistNorm() (*Image, error) { return i.image("hist_norm", args{}) }

// HistEqual equalises the histogram of each band.
func (i *Image) HistEqual() (*Image, error) { return i.image("hist_equal", args{}) }

// Maplut replaces each sample by the value at its index in lut, an image one
// pixel high.
func (i *Image) Maplut(lut *Image) (*Image, error) { return i.image("maplut", args{"lut": lut}) }
