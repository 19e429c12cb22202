// Package transform says what to do to an image, in words that belong to no
// vendor.
//
// A dialect parses a URL into a Plan. A Plan is complete and comparable
// before any byte of the original was fetched: Key gives the same bytes for
// all URLs, of whichever dialect, that ask for the same image. Once the
// original's facts are known, Resolve turns one Step of the Plan after the
// other into a Recipe, in which every number is concrete. Vendors' rules
// about rounding and precedence live there and nowhere else.
package transform

import (
	"reflect"

	"github.com/caddy-images/caddy-images/origin"
)

// Plan is what to do to one original. The zero value is "the original, as it
// is".
type Plan struct {
	// Page is the page of a document, or the frame of an animation, that all of
	// this is about, from 1. 0 is the first page, and all frames.
	Page int

	// Still takes the first frame of an animation for all of it: no other is read, and
	// limits are about this one.
	Still bool

	// AsStored leaves an image as its file has it, where EXIF says that a
	// viewer sees it turned or mirrored. Sizes are then those of the stored
	// image, and no file that is written has the orientation, whatever else
	// is kept of it: the image is to be seen as it was drawn. In HEIC and
	// AVIF turning is no remark beside the image but part of it, and happens.
	// It is not about layers.
	AsStored bool

	// NoLarger leaves the file of the original where the image stays the same
	// and writing it anew would take more bytes. It draws nothing by itself.
	NoLarger bool

	// Steps are applied one after the other, each to the image that the one
	// before it left.
	Steps []Step

	// Output says how to write the image down.
	Output Output

	// Default is the original to take where the one that is asked for is not
	// there; zero for none. It is no part of the Key: what is drawn is in either
	// case what the rest of the plan says of some original.
	Default origin.Ref
}

// IsZero reports whether the plan asks for nothing, that is, for the
// original. A plan with a Step, even one that does nothing, asks for the
// image to be written anew: the URL said something, be it only that the
// format is free. Still, AsStored and NoLarger only say how an image is
// drawn, and draw none by themselves.
func (p Plan) IsZero() bool { return p.Page == 0 && len(p.Steps) == 0 && p.Output == Output{} }

// Draws reports whether the plan changes the image and not only its file.
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

// Blurs reports whether the plan blurs the image, or a part of it: what is
// blurred may be what must not be seen.
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

// Step is one link of the chain: everything that happens to the image in one
// go. The order of what one Step asks for is fixed: Trim, Resize, Effects,
// Distort, Rotate, Flip, Border, Corners, Shadow, Opacity, Background,
// Layers. Padding has the colour that is asked for, so Resize adds it after
// Effects. Who wants another order uses more Steps. The zero value does
// nothing.
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

	// Layers are drawn one upon the other onto what the rest of the step made.
	Layers []Layer

	// Choice, where it is there, is all that the step holds.
	Choice *Choice
}

// IsZero reports whether the step does nothing.
func (s Step) IsZero() bool {
	s = s.canonical()
	return reflect.ValueOf(s).IsZero()
}

// Trim cuts away a margin that looks like the image's corner.
type Trim struct {
	On bool

	// Threshold is how far a pixel may be from the margin's colour and still
	// belong to it, 1 to 99 in steps of 8-bit colour; 0 means DefaultTrim.
	Threshold int
}

// DefaultTrim is the threshold of a Trim that names none; it is libvips' own.
const DefaultTrim = 10

// Flip mirrors the image.
type Flip struct{ Horizontal, Vertical bool }

// Effects change the colours and leave the size alone, in this order.
type Effects struct {
	// WhiteBalance takes away a cast of colour: what is nearly gray becomes
	// gray on average. White and black stay, and a channel changes by at most
	// a third against another: an image of one strong colour keeps it.
	WhiteBalance bool

	// Tone gives the image the brightness and the contrast that suit it. Its
	// range of brightness, but for 0.5 % at each end, is stretched to the
	// full one, and its median then goes some way towards the middle. Hues
	// stay, and so does an image of one tone only.
	Tone bool

	Adjust    Adjust
	Grayscale bool
	Contrast  bool    // stretch to the full range
	Blur      Number  // Gaussian, 1 to 100
	Sharpen   Sharpen // of edges, with a default strength
	Unsharp   Unsharp // mask with all its numbers
	Look      Look
	Replace   Replace
	Colorize  Colorize
	Gradient  Gradient
}

// Sharpen sharpens edges.
type Sharpen struct {
	On bool

	// Amount is the strength, more than 0; 0 means the default.
	Amount float64
}

// Unsharp is an unsharp mask. The zero value does nothing.
type Unsharp struct {
	Radius    float64 // pixels, how far the mask reaches; 0 follows from Sigma
	Sigma     float64 // pixels, standard deviation of the Gaussian
	Amount    float64 // how much of the difference is added
	Threshold float64 // 0 to 1, differences below it are left alone
}

// Border is a frame around the image, which grows by twice its Width in both
// directions.
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
