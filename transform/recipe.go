package transform

import (
	"fmt"
	"math"
	"strconv"

	"github.com/caddy-images/caddy-images/errors"
)

// Recipe is one Step with all numbers concrete. What it asks for happens in the
// order of its fields. Trim is not part of it: what Trim leaves is a fact that
// the Recipe is made from.
type Recipe struct {
	// Scale is the size the whole picture is scaled to; the picture's own when
	// it is not scaled.
	Scale Size

	// Crop is what is then kept of it; all of it when it is not cut.
	Crop Rect

	// Seek looks for the most telling part of Crop's size instead of taking
	// Crop where it is.
	Seek bool

	// Canvas is the size of the canvas the picture is then put on; Crop's size
	// when it is not padded.
	Canvas Size

	// At is where the picture's top left corner lies on Canvas.
	At Point

	// Rotate is in degrees clockwise, 0 to below 360.
	Rotate float64

	Flip      Flip
	Grayscale bool
	Contrast  bool
	Blur      float64 // 0 or 1 to 100
	Sharpen   Sharpen
	Unsharp   Unsharp

	// Border is the frame's width in pixels.
	Border      int
	BorderColor Color

	// Corners are the radii in pixels, clockwise from the top left;
	// MaxRadius rounds as much as the picture allows.
	Corners [4]float64

	// Opacity is 0, transparent, to 1.
	Opacity float64

	Background Background
}

// MaxRadius is the radius of a corner that is as round as the picture allows.
const MaxRadius = math.MaxInt32

// Point is a place in a picture, pixels from its top left corner.
type Point struct{ X, Y int }

// Rect is a part of a picture.
type Rect struct {
	Point
	Size
}

// Resolve makes a Step concrete for a picture with these facts. It is pure.
// The error is errors.BadTransform, for a step that no picture with these facts
// can fulfil.
func Resolve(s Step, f Facts) (Recipe, error) {
	r, err := s.Resize.resolve(f)
	if err != nil {
		return Recipe{}, err
	}
	r.Rotate = math.Mod(s.Rotate.In(f), 360)
	if r.Rotate < 0 {
		r.Rotate += 360
	}
	r.Flip = s.Flip
	r.Grayscale = s.Effects.Grayscale
	r.Contrast = s.Effects.Contrast
	r.Blur = s.Effects.Blur.In(f)
	r.Sharpen = s.Effects.Sharpen
	r.Unsharp = s.Effects.Unsharp
	if s.Border.Width.IsSet() {
		r.Border, r.BorderColor = pixels(s.Border.Width.In(f)), s.Border.Color
	}
	for i, c := range []Radius{s.Corners.TopLeft, s.Corners.TopRight, s.Corners.BottomRight, s.Corners.BottomLeft} {
		r.Corners[i] = c.Px.In(f)
		if c.Max {
			r.Corners[i] = MaxRadius
		}
	}
	r.Opacity = 1
	if s.Opacity.IsSet() {
		r.Opacity = s.Opacity.In(f) / 100
	}
	r.Background = s.Background
	return r, nil
}

// Drawn is the size of what the recipe draws. A rotation that is no multiple of
// 90 degrees makes it the smallest upright box around the rotated picture.
func (r Recipe) Drawn() Size {
	sin, cos := math.Sincos(r.Rotate * math.Pi / 180)
	w, h := float64(r.Canvas.Width), float64(r.Canvas.Height)
	const nearly = 1e-6 // sin and cos of right angles are not quite 0
	return Size{
		int(math.Ceil(w*math.Abs(cos)+h*math.Abs(sin)-nearly)) + 2*r.Border,
		int(math.Ceil(w*math.Abs(sin)+h*math.Abs(cos)-nearly)) + 2*r.Border,
	}
}

func (z Resize) resolve(f Facts) (Recipe, error) {
	own := f.Size
	r := Recipe{Scale: own, Crop: Rect{Size: own}, Canvas: own}
	if !z.Width.IsSet() && !z.Height.IsSet() {
		return r, nil
	}
	box := z.box(f)
	switch z.Fit {
	case Crop, CropPad:
		r.Crop.Size = Size{min(box.Width, own.Width), min(box.Height, own.Height)}
		if z.Fit == CropPad {
			r.Canvas = box
		} else {
			r.Canvas = r.Crop.Size
		}
	case PadOnly:
		r.Canvas = Size{max(box.Width, own.Width), max(box.Height, own.Height)}
	case Stretch:
		r.Scale, r.Crop.Size, r.Canvas = box, box, box
		if z.NoEnlarge {
			r.Scale = Size{min(box.Width, own.Width), min(box.Height, own.Height)}
			r.Crop.Size, r.Canvas = r.Scale, r.Scale
		}
	case Inside, Pad:
		r.Scale = own.scaled(z.factor(box, own, math.Min), box)
		r.Crop.Size, r.Canvas = r.Scale, r.Scale
		if z.Fit == Pad {
			r.Canvas = box
		}
	case Outside:
		r.Scale = own.scaled(z.factor(box, own, math.Max), box)
		r.Crop.Size, r.Canvas = r.Scale, r.Scale
	default:
		r.Scale = own.scaled(z.factor(box, own, math.Max), box)
		r.Crop.Size = Size{min(box.Width, r.Scale.Width), min(box.Height, r.Scale.Height)}
		r.Canvas = r.Crop.Size
	}
	if err := z.place(&r, f); err != nil {
		return Recipe{}, err
	}
	return r, nil
}

// box is the wanted size. The side that is not given follows from the aspect
// ratio; where nothing is scaled and none is asked for, it is the picture's own.
func (z Resize) box(f Facts) Size {
	w, h := z.Width.in(f, f.Size.Width), z.Height.in(f, f.Size.Height)
	if dpr := z.DPR.In(f); z.DPR.IsSet() {
		ok := func(v float64, l Length) bool { return !l.IsSet() || v*dpr >= 1 && v*dpr <= 5000 }
		if ok(w, z.Width) && ok(h, z.Height) {
			w, h = w*dpr, h*dpr
		}
	}
	aspect := z.Aspect.In(f)
	if aspect <= 0 {
		aspect = float64(f.Size.Width) / float64(f.Size.Height)
		if z.Fit == Crop || z.Fit == CropPad || z.Fit == PadOnly {
			if !z.Width.IsSet() {
				return Size{f.Size.Width, pixels(h)}
			}
			if !z.Height.IsSet() {
				return Size{pixels(w), f.Size.Height}
			}
		}
	}
	if !z.Height.IsSet() {
		h = w / aspect
	}
	if !z.Width.IsSet() {
		w = h * aspect
	}
	return Size{pixels(w), pixels(h)}
}

// factor is by how much the picture is scaled to reach the box in one direction
// (choose math.Min: it is then inside) or in both (math.Max: it then covers).
func (z Resize) factor(box, own Size, choose func(x, y float64) float64) float64 {
	k := choose(float64(box.Width)/float64(own.Width), float64(box.Height)/float64(own.Height))
	if z.NoEnlarge {
		return math.Min(k, 1)
	}
	return k
}

// scaled is the size times k. The side that decided k becomes exactly the
// box's, whatever floating point makes of it.
func (s Size) scaled(k float64, box Size) Size {
	side := func(own, wanted int) int {
		if float64(wanted)/float64(own) == k {
			return wanted
		}
		return pixels(float64(own) * k)
	}
	return Size{side(s.Width, box.Width), side(s.Height, box.Height)}
}

// place decides where Crop lies in the scaled picture, and the picture on the
// canvas.
func (z Resize) place(r *Recipe, f Facts) error {
	spareX, spareY := r.Scale.Width-r.Crop.Width, r.Scale.Height-r.Crop.Height
	fx, fy := z.Focus.place()
	r.Crop.Point = Point{share(spareX, fx), share(spareY, fy)}
	r.At = Point{share(r.Canvas.Width-r.Crop.Width, fx), share(r.Canvas.Height-r.Crop.Height, fy)}
	if z.Fit == Crop || z.Fit == CropPad {
		if err := z.locate(r, f); err != nil {
			return err
		}
	}
	located := z.X.IsSet() || z.Y.IsSet() || z.CenterX.IsSet() || z.CenterY.IsSet()
	r.Seek = z.Focus == FocusAuto && !located && (spareX > 0 || spareY > 0)
	return nil
}

// locate puts Crop where X, Y, CenterX and CenterY say. What sticks out of the
// picture at the right and the bottom is not kept; a centre that makes the crop
// stick out anywhere fails (ImageKit, "Resize, crop": "the crop will fail").
func (z Resize) locate(r *Recipe, f Facts) error {
	axes := []struct {
		corner, center  Number
		name            string
		at, length      *int
		canvas, ownSize int
	}{
		{z.X, z.CenterX, "x", &r.Crop.X, &r.Crop.Width, r.Canvas.Width, r.Scale.Width},
		{z.Y, z.CenterY, "y", &r.Crop.Y, &r.Crop.Height, r.Canvas.Height, r.Scale.Height},
	}
	for _, a := range axes {
		switch {
		case a.corner.IsSet():
			*a.at = int(math.Round(a.corner.In(f)))
			if *a.at < 0 || *a.at >= a.ownSize {
				return errors.New(errors.BadTransform, "%s is %d, outside the picture, which has 0 to %d", a.name, *a.at, a.ownSize-1)
			}
			*a.length = min(*a.length, a.ownSize-*a.at)
		case a.center.IsSet():
			*a.at = int(math.Round(a.center.In(f) - float64(*a.length)/2))
			if *a.at < 0 || *a.at+*a.length > a.ownSize {
				return errors.New(errors.BadTransform, "The crop around %sc %s sticks out of the picture, which has %d pixels there",
					a.name, strconv.FormatFloat(a.center.In(f), 'f', -1, 64), a.ownSize)
			}
		}
	}
	if z.Fit == Crop {
		r.Canvas = r.Crop.Size
	}
	fx, fy := z.Focus.place()
	r.At = Point{share(r.Canvas.Width-r.Crop.Width, fx), share(r.Canvas.Height-r.Crop.Height, fy)}
	return nil
}

// share is the part k of spare pixels, rounded down.
func share(spare int, k float64) int { return int(float64(max(spare, 0)) * k) }

func mega(n int64) string { return fmt.Sprintf("%.1f", float64(n)/1e6) }
