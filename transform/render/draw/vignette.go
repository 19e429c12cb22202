//go:build cgo

package draw

import (
	"math"

	"github.com/caddy-images/caddy-images/transform/vips"
)

// darkCorners darkens an image towards its corners, to the given fraction of
// the light. Up to half of the way from the centre it is unchanged.
func darkCorners(left float64) operation {
	return func(image *vips.Image) (*vips.Image, error) {
		light, err := image.Scope().NewMatrix(lightSide, lights(left)...)
		if err != nil {
			return nil, err
		}
		light, err = through(light,
			func(i *vips.Image) (*vips.Image, error) { return i.Cast(vips.BandFormatFloat) },
			func(i *vips.Image) (*vips.Image, error) { return i.Bilinear(image.Width(), image.Height()) },
		)
		if err != nil {
			return nil, err
		}
		colourBands, alpha, err := apartAlpha(image)
		if err != nil {
			return nil, err
		}
		dark, err := through(colourBands, light.Multiply, rounded)
		if err != nil || alpha == nil {
			return dark, err
		}
		return dark.Bandjoin(alpha)
	}
}

// lightSide is the width and height of the image of the light, which is then
// scaled.
const lightSide = 65

// lights returns the fraction of light at each position, in rows.
func lights(left float64) []float64 {
	const clear = 0.5
	samples := make([]float64, 0, lightSide*lightSide)
	for y := range lightSide {
		for x := range lightSide {
			middle := float64(lightSide-1) / 2
			away := math.Hypot(float64(x)/middle-1, float64(y)/middle-1) / math.Sqrt2
			t := unit((away - clear) / (1 - clear))
			samples = append(samples, 1-(1-left)*t*t*(3-2*t))
		}
	}
	return samples
}

// apartAlpha splits an image into colours and alpha; alpha is nil if there is
// none.
func apartAlpha(image *vips.Image) (colourBands, alpha *vips.Image, err error) {
	if image.Bands() <= colours {
		return image, nil, nil
	}
	if colourBands, err = image.ExtractBand(0, colours); err != nil {
		return nil, nil, err
	}
	alpha, err = image.ExtractBand(colours, image.Bands()-colours)
	return colourBands, alpha, err
}
