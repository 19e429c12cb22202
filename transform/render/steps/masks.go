package steps

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
)

// maskStep is the rate of each step of a mask that is applied by its steps.
const maskStep = 0.0006

// blur holds the rows that its mask covers, which reaches as far as its
// Gaussian is a fifth of what it is in its middle. The mask has as many steps
// as twentieths between its peak and where it is cut off, or as pixels to one
// side.
func blur(r transform.Recipe, on Image) Cost {
	if r.Blur == 0 {
		return Cost{}
	}
	sigma, pixel := r.Blur/2, on.Pixel
	if on.Alpha {
		pixel = floats
	}
	rows := 2*int(sigma*math.Sqrt(2*math.Log(5))) + 2
	return Cost{
		Reads:   AtOnce,
		Held:    on.covered(rows, pixel),
		Seconds: on.seconds(on.multiplied(0.015+maskStep*float64(min(rows/2, 17))), on.Size),
	}
}

// unsharp applies its mask pixel by pixel, or a wide one by its steps.
func unsharp(r transform.Recipe, on Image) Cost {
	u := r.Unsharp
	if u == (transform.Unsharp{}) {
		return Cost{}
	}
	reach := int(math.Ceil(u.Radius))
	if u.Radius <= 0 {
		reach = int(math.Ceil(3 * u.Sigma))
	}
	const each = 0.06
	if reach > WidestMask {
		rate := each + 4*maskStep*float64(min(reach, 127))
		return Cost{Reads: AtOnce, Held: on.covered(2*reach+2, floats), Seconds: on.seconds(on.multiplied(rate), on.Size)}
	}
	rate := each + 0.007*float64(reach)
	return Cost{Reads: Twice, Rows: on.rows(fewRows), Seconds: on.seconds(on.multiplied(rate), on.Size)}
}

func sharpen(r transform.Recipe, on Image) Cost {
	return when(r.Sharpen.On, Cost{Reads: Twice, Rows: on.rows(manyRows), Seconds: on.seconds(0.09, on.Size)})
}

// covered returns the bytes of the rows that a mask covers.
func (i Image) covered(rows int, pixel int64) int64 {
	return pixel * int64(min(rows, i.Size.Height)) * int64(i.Size.Width)
}
