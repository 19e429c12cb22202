package transform

import (
	"fmt"
	"math"
)

// Background is what shows where the image does not: in padding, in the
// corners of a rotation, and behind a transparent image.
type Background struct {
	On   bool
	Kind BackgroundKind

	// Color is that of SolidBackground.
	Color Color

	// Blurred is about BlurredBackground.
	Blurred Blurred

	// Palette is how many colours GradientBackground has: 2, from one side to the
	// other, or 4, from corner to corner.
	Palette int
}

// BackgroundKind is what a background is made of.
type BackgroundKind uint8

// The kinds.
const (
	// SolidBackground is one colour that is given.
	SolidBackground BackgroundKind = iota
	// DominantBackground is the colour that most of the image's edge has.
	DominantBackground
	// GradientBackground is between the colours that most of the image has.
	GradientBackground
	// BlurredBackground is the image itself, as large as it takes to fill the
	// canvas. It only fills padding.
	BlurredBackground
)

// Blurred is how a BlurredBackground looks.
type Blurred struct {
	// Blur is as the Blur of Effects, 0 to 100; Auto is by the canvas' size.
	Blur float64
	Auto bool

	// Brightness is added to each channel, -255 to 255.
	Brightness int
}

// of returns the blur, 0 to 100, for a canvas of the size.
func (b Blurred) of(canvas Size) float64 {
	if b.Auto {
		return min(float64(max(canvas.Width, canvas.Height))*autoBlur, 100)
	}
	return clamp(b.Blur, 100)
}

// autoBlur is a part of the canvas' longer side: nothing that is smaller can be
// recognised.
const autoBlur = 0.05

// Small returns how the background of a canvas is drawn: blur takes away what
// a smaller image has not, so it is made of one, at a fraction of the cost.
// size is that image's, at most the canvas', and sigma the standard
// deviation, in its pixels, of the blur that it gets. copied reports whether
// its pixels are kept in memory while the canvas is drawn; it then has at
// most about a quarter of the canvas' pixels. b is a Recipe's.
func (b Blurred) Small(canvas Size) (size Size, sigma float64, copied bool) {
	const enough = 4.0 // the blur that the small image gets, at most
	sigma = b.Blur / 2
	if sigma <= enough {
		return canvas, sigma, false
	}
	scale := enough / sigma
	size = Size{int(math.Ceil(float64(canvas.Width) * scale)), int(math.Ceil(float64(canvas.Height) * scale))}
	// One that is little smaller costs little more to compute anew for each part of
	// the canvas, and would take as much memory as the canvas.
	return size, enough, scale <= 0.5
}

func (b Background) canonical() Background {
	c := Background{On: b.On, Kind: b.Kind}
	switch {
	case !b.On:
		return Background{}
	case b.Kind == SolidBackground:
		c.Color = b.Color
	case b.Kind == GradientBackground:
		c.Palette = b.Palette
		if c.Palette != 4 {
			c.Palette = 2
		}
	case b.Kind == BlurredBackground:
		if c.Blurred = b.Blurred; b.Blurred.Auto {
			c.Blurred.Blur = 0
		}
	}
	return c
}

func (b Background) write(k *keyWriter) {
	switch {
	case !b.On:
	case b.Kind == SolidBackground:
		k.WriteString(" bg" + b.Color.String())
	case b.Kind == BlurredBackground:
		fmt.Fprintf(k, " bgblurred%g,%t,%d", b.Blurred.Blur, b.Blurred.Auto, b.Blurred.Brightness)
	default:
		fmt.Fprintf(k, " bgkind%d,%d", b.Kind, b.Palette)
	}
}

// IsOpaque reports whether nothing is seen through the background.
func (b Background) IsOpaque() bool {
	return b.On && (b.Kind == SolidBackground && b.Color.A == 255 || b.Kind == DominantBackground || b.Kind == GradientBackground)
}
