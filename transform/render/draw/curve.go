//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// colours is the number of colour bands of a drawn image; alpha may follow.
const colours = 3

// curve maps the value of a channel, from 0 to 1. The result is clipped.
type curve func(v float64) float64

// curved maps the colours of an 8-bit image, by one curve for all or one for
// each, and rounds once.
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
	// The colour space of the result is the image's in older libvips, the
	// table's in newer.
	lut, err := image.Scope().NewImageFromMemory(table, 256, 1, bands, image.Interpretation())
	if err != nil {
		return nil, err
	}
	return image.Maplut(lut)
}

// unit clamps a value to 0 to 1.
func unit(v float64) float64 { return min(max(v, 0), 1) }

// mixed multiplies the colours by a matrix.
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

// rounded converts floats to 8 bits, rounding to the nearest.
func rounded(image *vips.Image) (*vips.Image, error) {
	return through(image,
		func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{1}, []float64{0.5}, true) },
		func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationSRGB) },
	)
}
