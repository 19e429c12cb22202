package admission

import (
	"math"

	"github.com/caddy-images/caddy-images/transform"
)

// blurRows returns how many rows the mask of a blur covers, which reaches as
// far as its Gaussian is a fifth of what it is in its middle.
func blurRows(sigma float64) int64 { return 2*int64(sigma*math.Sqrt(2*math.Log(5))) + 2 }

// unsharpRows returns the same for an unsharp mask; 0 if it is so small that
// it is multiplied pixel by pixel.
func unsharpRows(u transform.Unsharp) int64 {
	const small = 8
	if reach := unsharpReach(u); reach > small {
		return 2*reach + 2
	}
	return 0
}

// unsharpReach returns how many pixels it reaches to either side.
func unsharpReach(u transform.Unsharp) int64 {
	if u.Radius > 0 {
		return int64(math.Ceil(u.Radius))
	}
	return int64(math.Ceil(3 * u.Sigma))
}
