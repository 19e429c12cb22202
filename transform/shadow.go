package transform

import "github.com/caddy-images/caddy-images/errors"

// Shadow is the shadow of the visible part of an image on what lies behind
// it. The image keeps its size, so the shadow shows where the image is
// transparent. The zero value does nothing.
type Shadow struct {
	On bool

	// Blur is the softness, in the unit of Effects.Blur.
	Blur float64

	// Strength is the darkness in percent.
	Strength float64

	// Right and Down are the offset in percent of the image's width and
	// height; negative to the left and up.
	Right, Down float64
}

func (s Shadow) canonical() Shadow {
	if !s.On || s.Strength <= 0 {
		return Shadow{}
	}
	return s
}

func (s Shadow) write(k *keyWriter) {
	if s.On {
		for _, v := range []float64{s.Blur, s.Strength, s.Right, s.Down} {
			k.number("shadow", Num(v))
		}
	}
}

// MaxShadowPixels limits the image that casts a shadow (ImageKit, "Shadow": 2
// megapixels after the resizing of the same step).
const MaxShadowPixels = 2_000_000

// checkShadow returns an error unless the recipe's shadow may be drawn.
func checkShadow(r Recipe) error {
	if n := r.Drawn().Pixels(); r.Shadow.On && n > MaxShadowPixels {
		return errors.New(errors.Limit, "The image that casts a shadow would have %d pixels, more than %d; a smaller w or h in the same step reduces it first",
			n, MaxShadowPixels)
	}
	return nil
}
