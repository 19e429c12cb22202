package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/transform"
)

// Limits of layers. ImageKit documents the second ("up to 3 levels"); the
// first is ours.
const (
	maxLayers = 32 // of one transformation, including nested ones
	maxNested = 3
)

// layer is a transform.Layer being read.
type layer struct {
	transform.Layer
	name     string // l-image or l-text
	level    int    // al, 0 for none
	anchored bool   // there is lap
}

// readLayer reads a block that begins with l-image or l-text.
func (s *step) readLayer(it item) error {
	*s.layers++
	switch {
	case *s.layers > maxLayers:
		return errors.New(errors.Limit, "The transformation has more than %d layers", maxLayers)
	case s.depth == maxNested:
		return errors.New(errors.Limit, "Layers are nested deeper than %d levels", maxNested)
	}
	l := &layer{name: it.text}
	in, err := l.open(it.body)
	if err != nil {
		return err
	}
	inner := step{output: new(transform.Output), page: &l.Page, count: s.count, layer: l, in: in, ignored: s.ignored, layers: s.layers, depth: s.depth + 1}
	*s.count-- // a layer's first step is counted with the layers
	if l.Steps, err = inner.chain(it.body); err != nil {
		return err
	}
	if l.Steps[0].Choice != nil {
		l.Steps = append([]transform.Step{{}}, l.Steps...) // for the layer's own parameters
	}
	if err := l.finish(it.body); err != nil {
		return err
	}
	s.Layers = append(s.Layers, l.Layer)
	return nil
}

// open reads the layer's input, which determines how the rest is read.
func (l *layer) open(body [][]item) (place, error) {
	path, err := input(l.name, body)
	if err != nil {
		return 0, err
	}
	if l.name == "l-text" {
		return onMadeLayer, l.openText(path, body)
	}
	if path == canvas {
		l.Kind = transform.BlockLayer
		return onMadeLayer, nil
	}
	l.Image, err = refOf(l.name, path)
	return onLayer, err
}

// canvas is the input that stands for a plane of one colour.
const canvas = "ik_canvas"

// last returns the value of the last parameter of a layer with this name.
func last(body [][]item, name string) (value string, ok bool) {
	for _, items := range body {
		for _, it := range items {
			if it.text == name {
				value, ok = "", true
			} else if v, is := strings.CutPrefix(it.text, name+"-"); is {
				value, ok = v, true
			}
		}
	}
	return value, ok
}

// belongs reports whether a parameter is allowed in the step's kind of image.
func (s *step) belongs(r row) error {
	isLayer, isMade := s.layer != nil, s.in == onMadeLayer
	switch {
	case r.where == ofLayers && !isLayer:
		return errors.New(errors.BadTransform, "%s belongs in a layer, l-image or l-text", r.name)
	case r.where == ofMadeLayers && !isMade:
		return errors.New(errors.BadTransform, "%s belongs in l-text, or in l-image with i-%s", r.name, canvas)
	case r.where == ofTexts && (!isLayer || s.layer.Kind != transform.TextLayer):
		return errors.New(errors.BadTransform, "%s belongs in l-text", r.name)
	case r.where == ofPictures && isLayer:
		return errors.New(errors.BadTransform, "%s is for the whole image and not for a layer", r.name)
	}
	return nil
}

// finish applies rules that involve several parameters.
func (l *layer) finish(body [][]item) error {
	if err := l.checkPlace(); err != nil {
		return err
	}
	if l.Blend == transform.BlendDisplace {
		if err := l.takeShift(); err != nil {
			return err
		}
	}
	switch l.Kind {
	case transform.BlockLayer:
		return l.finishBlock(body)
	case transform.TextLayer:
		l.finishText()
		return nil
	}
	// "Overlay images are trimmed by default" (ImageKit, "Add overlays on images").
	if _, said := last(body, "t"); !said {
		l.Steps[0].Trim = transform.Trim{On: true}
	}
	return nil
}

// takeShift reads the displacement of lm-displace from x and y. Without those
// it is taken from lx and ly, which ImageKit's customers also write.
func (l *layer) takeShift() error {
	for i := range l.Steps {
		z := &l.Steps[i].Resize
		if z.X.IsSet() {
			l.Shift.X = z.X
		}
		if z.Y.IsSet() {
			l.Shift.Y = z.Y
		}
		z.X, z.Y = transform.Number{}, transform.Number{}
	}
	if l.Shift == (transform.Shift{}) {
		place := &l.Place
		l.Shift = transform.Shift{X: shiftOf(place.Left), Y: shiftOf(place.Top)}
		place.Left, place.Top = transform.Offset{}, transform.Offset{}
		if !l.anchored {
			place.Anchor = transform.Place{}.Anchor
		}
	}
	if l.Shift == (transform.Shift{}) {
		return errors.New(errors.BadTransform, "lm-displace has neither x nor y, the displacement in pixels; it takes one or both")
	}
	return nil
}

// shiftOf returns the distance of an offset; not given for an expression that
// counts the other way.
func shiftOf(o transform.Offset) transform.Number {
	if !o.Back {
		return o.Distance
	}
	if f, constant := o.Distance.Constant(); constant {
		return transform.Num(0 - f)
	}
	return transform.Number{}
}

// finishBlock sets the plane's colour by bg and al, and its size by w and h;
// a missing side is the base's.
func (l *layer) finishBlock(body [][]item) error {
	first := &l.Steps[0]
	name, hasColor := last(body, "bg")
	l.Color = transform.Black
	switch {
	case first.Background.Kind != transform.SolidBackground:
		return errors.New(errors.BadTransform, "bg of i-%s takes a colour; there is no image to derive a background from", canvas)
	case first.Background.On:
		l.Color = first.Background.Color
	case hasColor:
		return errors.New(errors.BadTransform, "bg of i-%s must be in its first step", canvas)
	case first.Effects.Gradient.On:
		l.Color = transform.Color{} // only the gradient
	}
	first.Background = transform.Background{}
	_, isNamed := transform.NamedColor(strings.ToLower(name))
	if l.level > 0 && l.Color.A == 255 && !isNamed {
		l.Color.A = uint8((l.level*10*255 + 50) / 100)
	}
	z := &first.Resize
	switch {
	case !z.Width.IsSet() && !z.Height.IsSet():
		*z = transform.Resize{}
		return nil
	case z.Aspect.IsSet():
	case !z.Width.IsSet():
		z.Width = transform.Fraction(1)
	case !z.Height.IsSet():
		z.Height = transform.Fraction(1)
	}
	z.Fit, z.NoEnlarge = transform.Stretch, false
	return nil
}
