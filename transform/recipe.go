package transform

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
)

// Recipe is a Step with concrete numbers. Its operations happen in the order
// of its fields. It does not include Trim: the trimmed size is a fact that
// the Recipe is computed from.
type Recipe struct {
	// Scale is the size that the whole image is scaled to; the image's own if
	// it is not scaled.
	Scale Size

	// Crop is the part of the scaled image to keep; all of it if it is not
	// cropped.
	Crop Rect

	// CropFirst reports whether the image is enlarged and then cropped. Scale
	// then only defines the coordinates: only Crop is drawn of the scaled
	// image.
	CropFirst bool

	// Seek searches for the most salient part in the size of Crop instead of
	// taking Crop where it is.
	Seek bool

	WhiteBalance bool
	Tone         bool
	Adjust       Adjust
	Grayscale    bool
	Contrast     bool
	Blur         float64 // 0 to 100
	Sharpen      Sharpen
	Unsharp      Unsharp
	Look         Look
	Replace      Replace
	Colorize     Colorize
	Gradient     Ramp

	// Canvas is the size after padding; Crop's size without padding.
	Canvas Size

	// At is the position of the image's top left corner on Canvas.
	At Point

	Distort Distort

	// Rotate is in degrees clockwise, 0 to below 360.
	Rotate float64

	Flip Flip

	// Border is the frame's width in pixels.
	Border      int
	BorderColor Color

	// Corners are the radii in pixels, clockwise from the top left; MaxRadius
	// is the largest that the image allows.
	Corners [4]float64

	Shadow Shadow

	// Opacity is 0, transparent, to 1.
	Opacity float64

	Background Background
}

// MaxRadius is the radius of a corner that is as round as possible.
const MaxRadius = math.MaxInt32

// Point is a position in an image, in pixels from its top left corner.
type Point struct{ X, Y int }

// Rect is a part of an image.
type Rect struct {
	Point
	Size
}

// Resolve computes the Recipe of a Step for an image with these facts. It is
// pure. The error is errors.BadTransform if no image with these facts can
// satisfy the step.
func Resolve(s Step, f Facts) (Recipe, error) {
	s = s.canonical()
	if err := s.check(f); err != nil {
		return Recipe{}, err
	}
	r, err := s.Resize.resolve(f)
	if err != nil {
		return Recipe{}, err
	}
	r.Rotate = turn(s.Rotate.In(f))
	r.Flip = s.Flip
	r.WhiteBalance = s.Effects.WhiteBalance
	r.Tone = s.Effects.Tone
	r.Adjust = s.Effects.Adjust
	r.Grayscale = s.Effects.Grayscale
	r.Contrast = s.Effects.Contrast
	r.Blur = clamp(s.Effects.Blur.In(f), 100)
	r.Sharpen = s.Effects.Sharpen
	r.Unsharp = s.Effects.Unsharp
	r.Look = s.Effects.Look
	r.Replace = s.Effects.Replace
	r.Colorize = s.Effects.Colorize
	r.Gradient = s.Effects.Gradient.ramp(f, r.Crop.Size)
	r.Distort = s.Distort
	r.Shadow = s.Shadow
	if width := round(s.Border.Width.In(f)); width > 0 {
		r.Border, r.BorderColor = width, s.Border.Color
	}
	for i, c := range []Radius{s.Corners.TopLeft, s.Corners.TopRight, s.Corners.BottomRight, s.Corners.BottomLeft} {
		r.Corners[i] = clamp(c.Px.In(f), MaxRadius)
		if c.Max {
			r.Corners[i] = MaxRadius
		}
	}
	r.Opacity = 1
	if s.Opacity.IsSet() {
		r.Opacity = clamp(s.Opacity.In(f), 100) / 100
	}
	r.Background = s.Background
	r.Background.Blurred = Blurred{Blur: s.Background.Blurred.of(r.Canvas), Brightness: s.Background.Blurred.Brightness}
	return r, nil
}

// Drawn returns the size of the recipe's result. A rotation that is not a
// multiple of 90 degrees gives the smallest upright box around the rotated
// image.
func (r Recipe) Drawn() Size {
	sin, cos := math.Sincos(r.Rotate * math.Pi / 180)
	_, _, flat := r.Distort.Canvas(r.Canvas)
	w, h := float64(flat.Width), float64(flat.Height)
	const nearly = 1e-6 // sin and cos of right angles are not quite 0
	return Size{
		int(math.Ceil(w*math.Abs(cos)+h*math.Abs(sin)-nearly)) + 2*r.Border,
		int(math.Ceil(w*math.Abs(sin)+h*math.Abs(cos)-nearly)) + 2*r.Border,
	}
}

// Tilts reports whether the image is rotated by an angle other than right
// ones.
func (r Recipe) Tilts() bool { return math.Mod(r.Rotate, 90) != 0 }

// Resamples reports whether the recipe mixes pixels of an image of size own,
// which creates new colours.
func (r Recipe) Resamples(own Size) bool {
	return r.Scale != own || r.Distort.Kind != NoDistort || r.Tilts()
}

// resolve is Resolve for a canonical Resize.
func (z Resize) resolve(f Facts) (Recipe, error) {
	own := f.Size
	r := Recipe{Scale: own, Crop: Rect{Size: own}, Canvas: own}
	if !z.sized() {
		return r, nil
	}
	box := z.box(f)
	switch z.Fit {
	case Crop, CropPad:
		r.Crop.Size = box.within(own)
		r.Canvas = r.Crop.Size
		if z.Fit == CropPad {
			r.Canvas = box
		}
	case PadOnly:
		r.Canvas = Size{max(box.Width, own.Width), max(box.Height, own.Height)}
	case Stretch:
		r.Scale = box
		if z.NoEnlarge {
			r.Scale = box.within(own)
		}
		r.Crop.Size, r.Canvas = r.Scale, r.Scale
	case Inside, Outside, Pad:
		r.Scale = z.scaled(f, box)
		r.Crop.Size, r.Canvas = r.Scale, r.Scale
		if z.Fit == Pad {
			r.Canvas = box
		}
	default:
		r.Scale = z.scaled(f, box)
		r.Crop.Size = box.within(r.Scale)
		r.Canvas = r.Crop.Size
		enlarged := r.Scale.Width > own.Width || r.Scale.Height > own.Height
		r.CropFirst = enlarged && r.Crop.Size != r.Scale
	}
	if err := z.place(&r, f); err != nil {
		return Recipe{}, err
	}
	return r, nil
}

// box returns the requested size. A missing side follows from the aspect
// ratio; without scaling and without a requested ratio it is the image's own.
func (z Resize) box(f Facts) Size {
	w, h := z.Width.in(f, f.Size.Width), z.Height.in(f, f.Size.Height)
	if dpr := z.DPR.In(f); z.DPR.IsSet() && multipliable(w*dpr, z.Width) && multipliable(h*dpr, z.Height) {
		w, h = w*dpr, h*dpr
	}
	across, down := z.Aspect.In(f), 1.0
	if !(across > 0) { // not given, or NaN
		across, down = f.Shape().Width, f.Shape().Height
		if !z.Fit.scales() {
			if !z.Width.IsSet() {
				return Size{f.Size.Width, pixels(h)}
			}
			if !z.Height.IsSet() {
				return Size{pixels(w), f.Size.Height}
			}
		}
	}
	// Multiplying before dividing keeps exact halves.
	if !z.Height.IsSet() {
		h = w * down / across
	}
	if !z.Width.IsSet() {
		w = h * across / down
	}
	return Size{pixels(w), pixels(h)}
}

// multipliable reports whether a length may result from multiplying l by a
// DPR.
func multipliable(v float64, l Length) bool { return !l.IsSet() || v >= 1 && v <= 5000 }

// scaled returns the size of the scaled image in its own shape, such that one
// side has the box's length and the other lies inside of the box, or outside.
// The former becomes exactly the box's.
func (z Resize) scaled(f Facts, box Size) Size {
	own, w, h := f.Size, f.Shape().Width, f.Shape().Height
	boxW, boxH := float64(box.Width), float64(box.Height)
	widthFirst := boxW*h <= boxH*w
	inside := z.Fit == Inside || z.Fit == Pad
	s := Size{pixels(boxH * w / h), box.Height}
	if widthFirst == inside {
		s = Size{box.Width, pixels(boxW * h / w)}
	}
	if z.NoEnlarge && (s.Width > own.Width || s.Height > own.Height) {
		return own
	}
	return s
}

// within returns the size limited to t.
func (s Size) within(t Size) Size { return Size{min(s.Width, t.Width), min(s.Height, t.Height)} }

// place computes the position of Crop in the scaled image, and of the image
// on the canvas.
func (z Resize) place(r *Recipe, f Facts) error {
	focus, err := z.focus(f)
	if err != nil {
		return err
	}
	fx, fy := focus.place()
	spareX, spareY := r.Scale.Width-r.Crop.Width, r.Scale.Height-r.Crop.Height
	r.Crop.Point = Point{share(spareX, fx), share(spareY, fy)}
	if focus.isArea() {
		r.Crop.Point = r.around(f.Area, f.Size)
	}
	if focus == FocusPoint {
		r.Crop.Point = Point{
			centred(z.PointX.In(f), r.Scale.Width, r.Crop.Width),
			centred(z.PointY.In(f), r.Scale.Height, r.Crop.Height),
		}
	}
	if err := z.locate(r, f); err != nil {
		return err
	}
	if z.Fit == Crop {
		r.Canvas = r.Crop.Size
	}
	r.At = Point{share(r.Canvas.Width-r.Crop.Width, fx), share(r.Canvas.Height-r.Crop.Height, fy)}
	located := z.X.IsSet() || z.Y.IsSet() || z.CenterX.IsSet() || z.CenterY.IsSet()
	r.Seek = focus == FocusAuto && !located && (spareX > 0 || spareY > 0)
	return nil
}

// locate positions Crop by X, Y, CenterX and CenterY. What exceeds the image
// at the right and the bottom is cut off; a centre with which the crop
// exceeds the image on any side fails (ImageKit, "Resize, crop": "the crop
// will fail").
func (z Resize) locate(r *Recipe, f Facts) error {
	axes := []struct {
		corner, center Number
		name           string
		at, length     *int
		own            int
	}{
		{z.X, z.CenterX, "x", &r.Crop.X, &r.Crop.Width, f.Size.Width},
		{z.Y, z.CenterY, "y", &r.Crop.Y, &r.Crop.Height, f.Size.Height},
	}
	for _, a := range axes {
		switch {
		case a.corner.IsSet():
			*a.at = round(a.corner.In(f))
			if *a.at < 0 || *a.at >= a.own {
				return errors.New(errors.BadTransform, "%s is %v, outside the image, which has 0 to %d",
					a.name, a.corner.In(f), a.own-1)
			}
			*a.length = min(*a.length, a.own-*a.at)
		case a.center.IsSet():
			*a.at = round(a.center.In(f) - float64(*a.length)/2)
			if *a.at < 0 || *a.at+*a.length > a.own {
				return errors.New(errors.BadTransform, "The crop around %sc %v exceeds the image, which has %d pixels there",
					a.name, a.center.In(f), a.own)
			}
		}
	}
	return nil
}

// centred returns the start of a kept length, such that its middle is as
// close as possible to the fraction k of the whole length.
func centred(k float64, length, kept int) int {
	return min(max(round(clamp(k, 1)*float64(length)-float64(kept)/2), 0), length-kept)
}

// share returns the fraction k of spare pixels, rounded down.
func share(spare int, k float64) int { return int(float64(max(spare, 0)) * k) }
