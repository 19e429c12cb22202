//go:build cgo

package draw

import (
	"github.com/caddy-images/caddy-images/transform/vips"
)

// emboss returns a gray relief lit from the upper left: flat areas are gray.
func emboss(image *vips.Image) (*vips.Image, error) {
	return withAlphaOf(image, 128, func(gray *vips.Image) (*vips.Image, error) {
		gray, gain, err := plain(gray)
		if err != nil {
			return nil, err
		}
		return through(gray,
			func(i *vips.Image) (*vips.Image, error) {
				return slope(i, 3,
					-1, -1, 0,
					-1, 0, 1,
					0, 1, 1,
				)
			},
			func(i *vips.Image) (*vips.Image, error) {
				return i.Linear([]float64{gain}, []float64{128.5}, true)
			},
		)
	})
}

// edges draws the gradient of brightness on black: the length of Sobel's
// gradient, where half of the maximum is white.
func edges(image *vips.Image) (*vips.Image, error) {
	return withAlphaOf(image, 0, func(gray *vips.Image) (*vips.Image, error) {
		gray, gain, err := plain(gray)
		if err != nil {
			return nil, err
		}
		across, err := slope(gray, 3,
			-1, 0, 1,
			-2, 0, 2,
			-1, 0, 1,
		)
		if err != nil {
			return nil, err
		}
		down, err := slope(gray, 3,
			-1, -2, -1,
			0, 0, 0,
			1, 2, 1,
		)
		if err != nil {
			return nil, err
		}
		return through(across,
			across.Multiply,
			func(i *vips.Image) (*vips.Image, error) {
				square, err := down.Multiply(down)
				if err != nil {
					return nil, err
				}
				return i.Add(square)
			},
			func(i *vips.Image) (*vips.Image, error) { return i.Power(0.5) },
			func(i *vips.Image) (*vips.Image, error) { return i.Linear([]float64{gain / 2}, []float64{0.5}, true) },
		)
	})
}

// plain smooths a large image, in which edges are wide: an edge of one pixel
// has two at a side of 3000 pixels, with half the slope.
func plain(gray *vips.Image) (image *vips.Image, gain float64, err error) {
	const clear = 1500 // longer side up to which the image is unchanged
	sigma := float64(max(gray.Width(), gray.Height())) / clear
	if sigma <= 1 {
		return gray, 1, nil
	}
	image, err = gray.GaussBlur(sigma)
	return image, sigma, err
}

// slope convolves an image with a mask in rows of width values.
func slope(image *vips.Image, width int, mask ...float64) (*vips.Image, error) {
	m, err := image.Scope().NewMatrix(width, mask...)
	if err != nil {
		return nil, err
	}
	return image.Conv(m)
}

// withAlphaOf draws a gray image from an image's brightness, and gives it the
// image's alpha. Transparent pixels count as having the brightness ground, so
// that their hidden colours do not affect their neighbours.
func withAlphaOf(image *vips.Image, ground float64, draw operation) (*vips.Image, error) {
	colourBands, alpha, err := apartAlpha(image)
	if err != nil {
		return nil, err
	}
	if alpha != nil {
		if colourBands, err = image.Flatten([]float64{ground, ground, ground}); err != nil {
			return nil, err
		}
	}
	drawn, err := through(colourBands,
		mixing(gray),
		func(i *vips.Image) (*vips.Image, error) { return i.ExtractBand(0, 1) },
		draw,
		func(i *vips.Image) (*vips.Image, error) { return i.Bandjoin(i, i) },
		func(i *vips.Image) (*vips.Image, error) { return i.CopyAs(vips.InterpretationSRGB) },
	)
	if err != nil || alpha == nil {
		return drawn, err
	}
	return drawn.Bandjoin(alpha)
}
