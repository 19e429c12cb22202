package transform

import (
	"math"
	"math/bits"
)

// Size is width and height in pixels.
type Size struct{ Width, Height int }

// Pixels returns the number of pixels of an image of the size. An overflow,
// which the header of a hostile file can cause, gives the largest number.
func (s Size) Pixels() int64 { return times(int64(s.Width), int64(s.Height)) }

// times multiplies non-negative numbers. An overflow gives the largest
// number.
func times(a, b int64) int64 {
	if high, low := bits.Mul64(uint64(a), uint64(b)); high == 0 && low <= math.MaxInt64 {
		return int64(low)
	}
	return math.MaxInt64
}

// Facts is what a plan needs to know about an image.
type Facts struct {
	// Size is the size of one frame as a viewer shows it, with EXIF
	// orientation applied.
	Size Size

	// Exact is Size with the fractions of a pixel that a drawing may have;
	// zero if Size is exact.
	Exact Shape

	// Initial is the Size of the original, before any step. It is the same
	// throughout a chain.
	Initial Size

	// InitialExact is the Exact of the original.
	InitialExact Shape

	// Base is the size of the image below a layer. It is zero outside of
	// layers.
	Base Size

	// Format is the format of the file.
	Format Format

	// Frames is 1 for a still image.
	Frames int

	// Alpha reports whether the image can be transparent.
	Alpha bool

	// Density is the density of the original's file in whole pixels per inch,
	// or DensityOf its format if the file declares none.
	Density float64

	// Area is the marked area of interest, at its current position in the
	// image; empty for none.
	Area Rect
}

// Fact is a numeric property of an image.
type Fact uint8

// The facts. Lengths are in pixels, an aspect is width divided by height. The
// initial ones are the original's, those of the base are of the image below a
// layer. A density is in pixels per inch.
const (
	Width Fact = iota
	Height
	Aspect
	InitialWidth
	InitialHeight
	InitialAspect
	BaseWidth
	BaseHeight
	BaseAspect
	BaseShort // the shorter side of the base
	InitialDensity
)

var facts = [...]struct {
	name string
	of   func(f Facts) float64
}{
	Width:         {"width", func(f Facts) float64 { return float64(f.Size.Width) }},
	Height:        {"height", func(f Facts) float64 { return float64(f.Size.Height) }},
	Aspect:        {"aspect", func(f Facts) float64 { return f.Shape().aspect() }},
	InitialWidth:  {"initialwidth", func(f Facts) float64 { return float64(f.Initial.Width) }},
	InitialHeight: {"initialheight", func(f Facts) float64 { return float64(f.Initial.Height) }},
	InitialAspect: {"initialaspect", func(f Facts) float64 { return f.InitialExact.or(f.Initial).aspect() }},
	BaseWidth:     {"basewidth", func(f Facts) float64 { return float64(f.Base.Width) }},
	BaseHeight:    {"baseheight", func(f Facts) float64 { return float64(f.Base.Height) }},
	BaseAspect:    {"baseaspect", func(f Facts) float64 { return Shape{}.or(f.Base).aspect() }},
	BaseShort:     {"baseshort", func(f Facts) float64 { return float64(min(f.Base.Width, f.Base.Height)) }},

	InitialDensity: {"initialdensity", func(f Facts) float64 { return f.Density }},
}

// String returns the fact's name, such as initialwidth.
func (f Fact) String() string { return facts[f].name }

// Of returns the fact's value for an image. It is NaN if the image lacks it:
// without a base, or with an unknown size.
func (f Fact) Of(x Facts) float64 {
	if v := facts[f].of(x); v > 0 {
		return v
	}
	return math.NaN()
}

// Shape is a width and a height in pixels and fractions of pixels.
type Shape struct{ Width, Height float64 }

func (s Shape) aspect() float64 { return s.Width / s.Height }

// or returns the shape, or that of a size if the shape is zero.
func (s Shape) or(t Size) Shape {
	if s == (Shape{}) {
		return Shape{float64(t.Width), float64(t.Height)}
	}
	return s
}

// Shape returns the exact size, which determines proportions.
func (f Facts) Shape() Shape { return f.Exact.or(f.Size) }
