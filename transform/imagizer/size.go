package imagizer

import (
	"math"
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

const takesLength = "pixels, more than 0"

func readWidth(p *picture, v string) (ok bool) {
	p.width, ok = size(v)
	return ok
}

func readHeight(p *picture, v string) (ok bool) {
	p.height, ok = size(v)
	return ok
}

func readUpscale(p *picture, v string) bool {
	upscale, ok := boolean(v)
	p.upscale = &upscale
	return ok
}

// crop is the value of crop.
type crop struct {
	kind  cropKind
	focus transform.Focus // of cropFit

	// part is the part of the original for cropPart.
	part transform.Rect
}

type cropKind uint8

const (
	cropNone cropKind = iota
	cropFit           // to exactly the size, cutting off the rest
	cropPad           // to exactly the size, filling the rest
	cropPart          // an explicit rectangle
)

var crops = map[string]crop{
	"fit":     {kind: cropFit},
	"top":     {kind: cropFit, focus: transform.FocusTop},
	"bottom":  {kind: cropFit, focus: transform.FocusBottom},
	"entropy": {kind: cropFit, focus: transform.FocusAuto},
	"pad":     {kind: cropPad},
}

const takesCrop = "fit, top, bottom, pad, entropy, or x,y,width,height in whole pixels of the original"

func readCrop(p *picture, v string) bool {
	if r, ok := cropsLater[v]; ok {
		return p.refuse(r.refusal())
	}
	known, ok := crops[v]
	p.crop = known
	if ok {
		return true
	}
	numbers := strings.Split(v, ",")
	if len(numbers) != 4 {
		return false
	}
	var n [4]int
	for i, text := range numbers {
		if n[i], ok = whole(strings.TrimSpace(text), -maxPixels, maxPixels); !ok {
			return false
		}
	}
	if n[2] <= 0 || n[3] <= 0 {
		return p.refuse(errors.New(errors.BadTransform, "crop is %s; its width and height must be more than 0", errors.Quote(v)))
	}
	// What exceeds the original is cut off.
	left, top := max(n[0], 0), max(n[1], 0)
	width, height := n[0]+n[2]-left, n[1]+n[3]-top
	if width <= 0 || height <= 0 {
		return p.refuse(errors.New(errors.BadTransform, "crop is %s, which is outside of any image; x and y count from the top left corner", errors.Quote(v)))
	}
	p.crop = crop{kind: cropPart, part: transform.Rect{Point: transform.Point{X: left, Y: top}, Size: transform.Size{Width: width, Height: height}}}
	return true
}

// sized reports whether a size is requested, boxed whether both sides are.
func (p *picture) sized() bool { return p.width > 0 || p.height > 0 || p.scale != 1 }
func (p *picture) boxed() bool { return p.width > 0 && p.height > 0 }

// entropyPart is the fraction of width and height that is kept if the most
// salient part is requested without a size.
const entropyPart = 2.0 / 3

// cut returns what crop cuts out of the original before scaling.
func (p *picture) cut() (z transform.Resize, ok bool) {
	switch {
	case p.crop.kind == cropPart:
		part := p.crop.part
		return transform.Resize{
			Width: transform.Px(float64(part.Width)), Height: transform.Px(float64(part.Height)), Fit: transform.Crop,
			X: transform.Num(float64(part.X)), Y: transform.Num(float64(part.Y)),
		}, true
	case p.crop.focus == transform.FocusAuto && !p.boxed():
		return transform.Resize{
			Width: transform.Fraction(entropyPart), Height: transform.Fraction(entropyPart),
			Fit: transform.Crop, Focus: transform.FocusAuto,
		}, true
	}
	return transform.Resize{}, false
}

// resize returns the requested size.
func (p *picture) resize() transform.Resize {
	if !p.sized() {
		return transform.Resize{}
	}
	z := transform.Resize{Fit: transform.Inside, NoEnlarge: !p.dialect.upscale}
	if p.upscale != nil {
		z.NoEnlarge = !*p.upscale
	}
	if z.Width, z.Height = p.length(p.width), p.length(p.height); !p.boxed() {
		if p.width == 0 && p.height == 0 && p.scale != 1 {
			z.Width = transform.Fraction(p.scale)
		}
		return z
	}
	if p.crop.kind == cropFit || p.crop.kind == cropPad {
		// The size is exact unless upscale says otherwise.
		z.NoEnlarge = p.upscale != nil && !*p.upscale
		z.Fit = transform.Cover
	}
	switch {
	case p.crop.kind == cropPad:
		z.Fit = transform.Pad
	case p.crop == crops["fit"] && (p.point.x != nil || p.point.y != nil):
		z.Focus = transform.FocusPoint
		z.PointX, z.PointY = part(p.point.x), part(p.point.y)
	case p.crop.kind == cropFit:
		z.Focus = p.crop.focus
	}
	return z
}

// length returns a side in device pixels.
func (p *picture) length(v float64) transform.Length {
	if v == 0 {
		return transform.Length{}
	}
	return transform.Px(max(1, math.Floor(min(v*p.dpr*p.scale, maxPixels)+0.5)))
}

// part returns a fraction of a side, by default its middle.
func part(v *float64) transform.Number {
	if v == nil {
		return transform.Num(0.5)
	}
	return transform.Num(*v)
}

func readPointX(p *picture, v string) bool { return readPoint(&p.point.x, v) }
func readPointY(p *picture, v string) bool { return readPoint(&p.point.y, v) }

func readPoint(to **float64, v string) bool {
	f, ok := within(v, 0, 1)
	*to = &f
	return ok
}

const takesTrim = "true, false, or 1 to 99, how far a pixel may be from the margin's colour"

func readTrim(p *picture, v string) bool {
	on, ok := boolean(v)
	if ok && v != "1" {
		p.step.Trim = transform.Trim{On: on}
		return true
	}
	threshold, ok := whole(v, 1, 99)
	p.step.Trim = transform.Trim{On: true, Threshold: threshold}
	return ok
}
