// Package transform describes what to do to an image, independently of any
// vendor.
//
// A dialect parses a URL into a Plan. A Plan is complete and comparable
// before any byte of the original is fetched: Key returns the same bytes for
// all URLs, of any dialect, that ask for the same image. Once the original's
// facts are known, Resolve turns the Steps of the Plan one by one into
// Recipes, in which every number is concrete. Vendors' rules about rounding
// and precedence are implemented there and nowhere else.
package transform

import (
	"reflect"
	"sync"

	"github.com/caddy-images/caddy-images/origin"
)

// Plan is what to do to one original. The zero value is "the original, as it
// is".
type Plan struct {
	// Page is the page of a document, or the frame of an animation, to draw,
	// from 1. 0 means the first page, or all frames.
	Page int

	// Still reduces an animation to its first frame: no other is decoded, and
	// limits apply to that one.
	Still bool

	// AsStored ignores EXIF orientation. Sizes are those of the stored image,
	// and the output has no orientation whatever metadata is kept: it is to
	// be shown as drawn. In HEIC and AVIF rotation is part of the image
	// rather than metadata, and is applied. It does not apply to layers.
	AsStored bool

	// NoLarger keeps the original's file if the image stays the same and
	// encoding it anew would take more bytes. It draws nothing by itself.
	NoLarger bool

	// Steps are applied in order, each to the result of the previous one.
	Steps []Step

	// Output is how the image is encoded.
	Output Output

	// Default is the original to use if the requested one is missing; zero
	// for none. It is not part of the Key, which describes what is drawn of
	// either.
	Default origin.Ref
}

// IsZero reports whether the plan asks for the original itself. A plan with a
// Step, even one without an effect, asks for a new encoding: the URL asked
// for something, if only for any format. Still, AsStored and NoLarger affect
// drawing but do not ask for it.
func (p Plan) IsZero() bool { return p.Page == 0 && len(p.Steps) == 0 && p.Output == Output{} }

// Draws reports whether the plan changes the image and not only its encoding.
func (p Plan) Draws() bool {
	if p.Page > 0 {
		return true
	}
	for _, s := range p.Steps {
		if !s.IsZero() {
			return true
		}
	}
	return false
}

// Blurs reports whether the plan blurs any part of the image, perhaps to hide
// it.
func (p Plan) Blurs() bool {
	blurs := false
	eachStep(p.Steps, true, func(s Step) { blurs = blurs || s.Effects.Blur.IsSet() })
	return blurs
}

// Chooses reports whether anything in the plan depends on a Choice.
func (p Plan) Chooses() bool {
	chooses := false
	choices(p.Steps, func(Choice) { chooses = true })
	return chooses
}

// Step is one link of the chain: a set of operations in a fixed order: Trim,
// Resize, Effects, Distort, Rotate, Flip, Border, Corners, Shadow, Opacity,
// Background, Layers. Resize pads after Effects, so that padding keeps its
// colour. Another order needs several Steps. The zero value does nothing.
type Step struct {
	Trim       Trim
	Resize     Resize
	Effects    Effects
	Distort    Distort
	Rotate     Number // degrees clockwise; the canvas grows to hold the image
	Flip       Flip
	Border     Border
	Corners    Corners
	Shadow     Shadow
	Opacity    Number // percent, 0 to 100
	Background Background

	// Layers are drawn in order onto the result of the rest of the step.
	Layers []Layer

	// Choice, if not nil, is the only content of the step.
	Choice *Choice
}

// IsZero reports whether the step is the zero value.
func (s Step) IsZero() bool {
	canonical := compared.Get().(*Step)
	*canonical = s.canonical()
	is := reflect.ValueOf(canonical).Elem().IsZero()
	*canonical = Step{}
	compared.Put(canonical)
	return is
}

// compared are steps that are compared no more. One is large, and takes part in every
// request.
var compared = sync.Pool{New: func() any { return new(Step) }}

// Trim removes a margin in the colour of the image's corner.
type Trim struct {
	On bool

	// Threshold is the largest difference of a pixel from the margin's
	// colour, 1 to 99 in 8-bit steps; 0 means DefaultTrim.
	Threshold int
}

// DefaultTrim is the default threshold of a Trim, which is libvips' own.
const DefaultTrim = 10

// Flip mirrors the image.
type Flip struct{ Horizontal, Vertical bool }

// Effects change the colours, in the order of the fields. They do not change
// the size.
type Effects struct {
	// WhiteBalance removes a colour cast: near-gray becomes gray on average.
	// White and black stay, and channels change by at most a third relative
	// to each other, so that an image of one strong colour keeps it.
	WhiteBalance bool

	// Tone adjusts brightness and contrast automatically. The range of
	// brightness, except for 0.5 % at each end, is stretched to the full
	// range, and the median is moved part of the way to the middle. Hues
	// stay, and so does an image of a single tone.
	Tone bool

	Adjust    Adjust
	Grayscale bool
	Contrast  bool    // stretch to the full range
	Blur      Number  // Gaussian, 1 to 100
	Sharpen   Sharpen // of edges, with a default strength
	Unsharp   Unsharp // unsharp mask with explicit parameters
	Look      Look
	Replace   Replace
	Colorize  Colorize
	Gradient  Gradient
}

// Sharpen sharpens edges.
type Sharpen struct {
	On bool

	// Amount is the strength; 0 means the default.
	Amount float64
}

// Unsharp is an unsharp mask. The zero value does nothing.
type Unsharp struct {
	Radius    float64 // of the mask in pixels; 0 follows from Sigma
	Sigma     float64 // pixels, standard deviation of the Gaussian
	Amount    float64 // how much of the difference is added
	Threshold float64 // 0 to 1, smaller differences are ignored
}

// Border is a frame around the image, which grows by its Width on each side.
type Border struct {
	Width Number // pixels
	Color Color
}

// Corners rounds the image's corners.
type Corners struct{ TopLeft, TopRight, BottomRight, BottomLeft Radius }

// IsZero reports whether no corner is rounded.
func (c Corners) IsZero() bool { return c == Corners{} }

// Radius is that of one corner.
type Radius struct {
	Max bool   // as round as the image allows
	Px  Number // pixels
}
