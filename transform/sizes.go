package transform

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
)

// Sizes are the widths in pixels that images are rendered in, so that clients
// cannot ask for variants without end. The zero value is any width.
type Sizes struct {
	Widths []int // ascending

	// Strict refuses other widths. Otherwise they become the next larger one, or
	// the largest.
	Strict bool
}

// Apply returns the plan with its widths among the sizes: a width times the DPR or, of a
// step without a width, the height. If both are given the height changes in proportion,
// so that the shape stays. Layers are not changed, and neither is what is cut out without
// scaling, or given as a fraction or an expression; Strict refuses these.
//
// The error is errors.BadTransform and names the sizes.
func (s Sizes) Apply(p Plan) (Plan, error) {
	if len(s.Widths) == 0 {
		return p, nil
	}
	var refused error
	p.Steps = mapOwnResizes(p.Steps, func(z Resize) Resize {
		sized, err := s.resize(z)
		if refused == nil {
			refused = err
		}
		return sized
	})
	return p, refused
}

func (s Sizes) resize(z Resize) (Resize, error) {
	if !z.sized() {
		return z, nil
	}
	z = z.multiplied()
	name, length := "width", z.Width
	if !length.IsSet() {
		name, length = "height", z.Height
	}
	_, asked, ok := length.times(1)
	switch {
	case z.Fit == Crop, z.Fit == CropPad, !ok, z.DPR.IsSet():
		if s.Strict {
			return z, errors.New(errors.BadTransform, "The %s is none of the sizes of this site, in pixels: %s", name, s.text())
		}
		return z, nil
	}
	size := s.next(asked)
	if size == asked {
		return z, nil
	}
	if s.Strict {
		return z, errors.New(errors.BadTransform, "The %s %s is none of the sizes of this site, in pixels: %s", name, strconv.FormatFloat(asked, 'g', 6, 64), s.text())
	}
	if name == "height" {
		z.Height = Px(size)
		return z, nil
	}
	z.Width = Px(size)
	if _, height, ok := z.Height.times(1); ok && z.Height.IsSet() {
		z.Height = Px(max(1, math.Round(height*size/asked)))
	}
	return z, nil
}

// next returns the smallest size that is at least v, or the largest.
func (s Sizes) next(v float64) float64 {
	at, _ := slices.BinarySearchFunc(s.Widths, v, func(width int, v float64) int {
		switch w := float64(width); {
		case w < v:
			return -1
		case w > v:
			return 1
		}
		return 0
	})
	return float64(s.Widths[min(at, len(s.Widths)-1)])
}

// text lists the sizes.
func (s Sizes) text() string {
	words := make([]string, len(s.Widths))
	for i, width := range s.Widths {
		words[i] = strconv.Itoa(width)
	}
	return strings.Join(words, ", ")
}
