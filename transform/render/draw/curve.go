//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// colours is how many bands of a drawn image are colours; one behind them is
// its transparency.
const colours = 3

// curve makes another value of a channel, both from 0 to 1. What is beyond is cut off.
type curve func(v float64) float64

// curved maps the colours of an image of 8 bits, all by the same curve or each by its
// own, and rounds once.
func curved(image *vips.Image, curves ...curve) (*vips.Image, error) {
	bands := image.Bands()
	table := make([]byte, 0, 256*bands)
	for v := range 256 {
		for band := range bands {
			if band >= colours {
				table = append(table, byte(v))
				continue
			}
			to := curves[min(band, len(curves)-1)](float64(v) / 255)
			table = append(table, byte(math.Round(255*unit(to))))
		}
	}
	// The result's colour space is the image's in older libvips, the table's in newer.
	lut, err := image.Scope().NewImageFromMemory(table, 256, 1, bands, image.Interpretation())
	if err != nil {
		return nil, err
	}
	return image.Maplut(lut)
}

// unit cuts off what is not from 0 to 1.
func unit(v float64) float64 { return min(max(v, 0), 1) }

// mixed makes new colours of the old ones: each row of the matrix has their shares in a
// new one.
func mixed(image *vips.Image, matrix [colours * colours]float64) (*vips.Image, error) {
	bands := image.Bands()
	shares := make([]float64, bands*bands)
	for row := range bands {
		for column := range bands {
			switch {
			case row < colours && column < colours:
				shares[row*bands+column] = matrix[row*colours+column]
			case row == column:
				shares[row*bands+column] = 1
			}
		}
	}
	m, err := image.Scope().NewMatrix(bands, shares...)
	if err != nil {
		return nil, err
	}
	mixed, err := image.Recomb(m)
	if err != nil {
		return nil, err
	}
	return rounded(mixed)
}

// rounded makes 8 bits of floats, to the nearest.
func rounded(image *vips.Image) (*vips.Image, error) {
	return through(image,
		func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1}, []float64{0.5}, true) },
		func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationSRGB) },
	)
}
