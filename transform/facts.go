package transform

import (
	"math"
	"math/bits"
)

// Size is width and height in pixels.
type Size struct{ Width, Height int }

// Pixels returns how many pixels an image of the size has. A number that does
// not fit, which the header of a hostile file can announce, is the largest
// that does.
func (s Size) Pixels() int64 { return times(int64(s.Width), int64(s.Height)) }

// times multiplies what is not negative, up to the largest number there is.
func times(a, b int64) int64 {
	if high, low := bits.Mul64(uint64(a), uint64(b)); high == 0 && low <= math.MaxInt64 {
		return int64(low)
	}
	return math.MaxInt64
}

// Facts is what is known of an image.
type Facts struct {
	// Size is the image's as a viewer sees it: EXIF orientation applied, one
	// frame of an animation.
	Size Size

	// Exact is Size with the parts of a pixel that a drawing has; zero where Size is
	// exact.
	Exact Shape

	// Initial is the Size that the original had, before any step. It stays the
	// same through a chain.
	Initial Size

	// InitialExact is likewise the Exact of the original.
	InitialExact Shape

	// Base is the size of the image that a layer will lie on. It is zero
	// outside of layers.
	Base Size

	// Format is the file's.
	Format Format

	// Frames is 1 for a still image.
	Frames int

	// Alpha reports whether the image can be transparent.
	Alpha bool

	// Density is how many whole pixels an inch the original has, by its own file;
	// that of its format, see DensityOf, where that says nothing.
	Density float64

	// Area is the part that whoever keeps the file marked as what matters,
	// where the image has it now; empty for none.
	Area Rect
}

// Fact is something of an image that is a number.
type Fact uint8

// The facts. Lengths are in pixels, an aspect is width divided by height. The
// initial ones are those of the original, those of the base those of the
// image under a layer. A density is in pixels an inch.
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

// Of reads the fact off an image. One that the image does not have, because
// there is no base or because its size is not known, is not a number.
func (f Fact) Of(x Facts) float64 {
	if v := facts[f].of(x); v > 0 {
		return v
	}
	return math.NaN()
}

// Shape is width and height in pixels and parts of one.
type Shape struct{ Width, Height float64 }

func (s Shape) aspect() float64 { return s.Width / s.Height }

// or returns the shape, or that of a size where there is none.
func (s Shape) or(t Size) Shape {
	if s == (Shape{}) {
		return Shape{float64(t.Width), float64(t.Height)}
	}
	return s
}

// Shape returns what decides about proportions: the exact size.
func (f Facts) Shape() Shape { return f.Exact.or(f.Size) }
