package transform

import (
	"fmt"
	"math"
)

// Background fills what the image does not cover: padding, the corners of a
// rotation, and transparent parts.
type Background struct {
	On   bool
	Kind BackgroundKind

	// Color is the colour of SolidBackground.
	Color Color

	// Blurred configures BlurredBackground.
	Blurred Blurred

	// Palette is the number of colours of GradientBackground: 2, from side to
	// side, or 4, from corner to corner.
	Palette int
}

// BackgroundKind is a kind of background.
type BackgroundKind uint8

// The kinds.
const (
	// SolidBackground is one given colour.
	SolidBackground BackgroundKind = iota
	// DominantBackground is the most common colour of the image's edge.
	DominantBackground
	// GradientBackground is a gradient of the image's most common colours.
	GradientBackground
	// BlurredBackground is the image itself, scaled to cover the canvas. It
	// fills only padding.
	BlurredBackground
)

// Blurred is the look of a BlurredBackground.
type Blurred struct {
	// Blur is in the unit of Effects.Blur, 0 to 100; Auto depends on the size
	// of the canvas.
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

// autoBlur is a fraction of the canvas' longer side; smaller details cannot
// be recognised.
const autoBlur = 0.05

// Small returns how to draw the background of a canvas from a smaller image
// at a fraction of the cost: blur removes the detail that a smaller image
// lacks. size is the size of that image, at most the canvas', and sigma the
// standard deviation of its blur, in its own pixels. copied reports whether
// its pixels are kept in memory while the canvas is drawn; it then has at
// most about a quarter of the canvas' pixels. b is a Recipe's.
func (b Blurred) Small(canvas Size) (size Size, sigma float64, copied bool) {
	const enough = 4.0 // maximum blur of the small image
	sigma = b.Blur / 2
	if sigma <= enough {
		return canvas, sigma, false
	}
	scale := enough / sigma
	size = Size{int(math.Ceil(float64(canvas.Width) * scale)), int(math.Ceil(float64(canvas.Height) * scale))}
	// An image that is only slightly smaller is recomputed for each part of
	// the canvas at little more cost; a copy would take as much memory as the
	// canvas.
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

// IsOpaque reports whether the background is opaque.
func (b Background) IsOpaque() bool {
	return b.On && (b.Kind == SolidBackground && b.Color.A == 255 || b.Kind == DominantBackground || b.Kind == GradientBackground)
}
