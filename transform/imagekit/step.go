package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// step is a transform.Step while its parameters come in.
type step struct {
	transform.Step

	// output is that of the whole chain: of several the last one counts,
	// whichever step it is in.
	output *transform.Output

	// standIn is the default image, that of the whole chain as well.
	standIn *origin.Ref

	// page is that of the image or the layer that the step is of.
	page *int

	// says collects what a branch says of the output; nil outside of branches.
	says *transform.Wish

	// count is how many steps the whole transformation has so far.
	count *int

	// crop and cropMode are what c and cm say. Where both are there, cm counts,
	// whatever their order.
	crop, cropMode strategy

	// layer is the one that the step is of; nil for the image itself.
	layer *layer

	// layers counts those of the whole transformation, depth how many this step
	// is in.
	layers *int
	depth  int

	// ignored collects what is left out; nil where that is refused.
	ignored *[]transform.Ignored

	// in decides which variables expressions have.
	in place

	// problem is what is wrong with a value, where that can be told better than
	// by what the parameter takes.
	problem error
}

// read puts one item into the step.
func (s *step) read(it item) error {
	r, value, ok := find(it.text)
	switch {
	case !ok:
		return unknown(it.text)
	case r.state != supported:
		return s.leaveOut(r, value)
	case r.isLayer && value != "":
		return r.wrong(value)
	case r.isLayer && (s.layer == nil || s.layer.Kind != transform.TextLayer):
		return s.readLayer(it)
	case r.isChoice:
		return s.readChoice(it, value)
	}
	if err := s.belongs(r); err != nil {
		return err
	}
	if s.layer != nil && s.layer.Kind == transform.TextLayer {
		if r, ok = textual(r); !ok {
			return errors.New(errors.BadTransform, "%s is not for l-text, which takes %s", r.name, textNames)
		}
	}
	if s.asksForNothing(r, value) {
		return nil
	}
	switch {
	case s.says != nil && (r.unconditional || r.where >= ofLayers):
		return errors.New(errors.BadTransform, "%s cannot depend on a condition; it goes outside of if", r.name)
	case r.read(s, value):
		if s.says != nil {
			*s.says |= r.wish
		}
		return nil
	case s.problem != nil:
		return errors.New(errors.BadTransform, "%s is %s: %v", r.name, errors.Quote(value), s.problem)
	}
	return r.wrong(value)
}

// asksForNothing reports whether a parameter has no value, or a zero, and takes neither.
// Sites whose templates leave a field empty write that (w-0, w-,h-50), and ImageKit
// serves it as if the parameter were not there.
func (s *step) asksForNothing(r row, value string) bool {
	isZero := (r.expression || zeros[r.name]) && value != "" && strings.Trim(value, "0") == ""
	if value != "" && !isZero || r.name == "i" || r.name == "ie" || r.name == "n" {
		return false
	}
	// On copies of all that reading changes.
	trial := *s
	trial.output, trial.standIn, trial.page, trial.layer = copied(s.output), copied(s.standIn), copied(s.page), copied(s.layer)
	return !r.read(&trial, value)
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// zeros are the parameters that take whole numbers from 1 on.
var zeros = map[string]bool{"q": true, "bl": true, "t": true, "pg": true, "al": true}

// amount reads a number from low to high, or an expression. What an
// expression of variables gives is checked when the image is known.
func (s *step) amount(v string, low, high float64) (n transform.Number, ok bool) {
	if !isExpression(v) {
		f, ok := signed(v)
		return transform.Num(f), ok && low <= f && f <= high
	}
	if n, s.problem = parseExpression(v, s.in); s.problem != nil {
		return transform.Number{}, false
	}
	f, constant := n.Constant()
	return n, !constant || low <= f && f <= high
}

// finish returns the step when all its parameters are read.
func (s *step) finish() transform.Step {
	chosen := s.crop
	if s.cropMode.name != "" {
		chosen = s.cropMode
	}
	s.Resize.Fit, s.Resize.NoEnlarge = chosen.fit, chosen.noEnlarge
	return s.Step
}

// unknown returns the error of an item that is nothing that ImageKit
// documents.
func unknown(text string) error {
	name, rest, _ := strings.Cut(text, "-")
	if (name == "e" || name == "l") && rest != "" {
		kind, _, _ := strings.Cut(rest, "-")
		name += "-" + kind
	}
	return errors.New(errors.BadTransform, "%s is not a parameter; the parameters are %s", errors.Quote(name), supportedNames)
}
