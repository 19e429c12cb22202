package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// step is a transform.Step being read.
type step struct {
	transform.Step

	// output is that of the whole chain: the last value counts, whichever
	// step it is in.
	output *transform.Output

	// defaultImage is that of the whole chain as well.
	defaultImage *origin.Ref

	// page is that of the image or the layer that the step belongs to.
	page *int

	// says collects the output fields that a branch sets; nil outside of
	// branches.
	says *transform.Wish

	// count is the number of steps read so far in the whole transformation.
	count *int

	// crop and cropMode are the values of c and cm. cm takes precedence,
	// whatever their order.
	crop, cropMode strategy

	// layer is the layer that the step belongs to; nil for the image itself.
	layer *layer

	// layers counts the layers of the whole transformation, depth those
	// around this step.
	layers *int
	depth  int

	// ignored collects ignored parameters; nil if they are refused.
	ignored *[]transform.Ignored

	// in decides which variables expressions have.
	in place

	// problem describes a wrong value better than what the parameter accepts.
	problem error
}

// read reads one item into the step.
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
			return errors.New(errors.BadTransform, "%s is not allowed in l-text, which takes %s", r.name, textNames)
		}
	}
	if s.asksForNothing(r, value) {
		return nil
	}
	switch {
	case s.says != nil && (r.unconditional || r.where >= ofLayers):
		return errors.New(errors.BadTransform, "%s cannot depend on a condition; move it out of if", r.name)
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

// asksForNothing reports whether a parameter has an empty value or a zero,
// and accepts neither. Templates with empty fields produce those (w-0,
// w-,h-50), and ImageKit serves them as if the parameter were absent.
func (s *step) asksForNothing(r row, value string) bool {
	isZero := (r.expression || zeros[r.name]) && value != "" && strings.Trim(value, "0") == ""
	if value != "" && !isZero || r.name == "i" || r.name == "ie" || r.name == "n" {
		return false
	}
	// Try on copies of everything that reading changes.
	trial := *s
	trial.output, trial.defaultImage, trial.page, trial.layer = copied(s.output), copied(s.defaultImage), copied(s.page), copied(s.layer)
	return !r.read(&trial, value)
}

func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	c := *p
	return &c
}

// zeros are the parameters whose whole numbers start at 1.
var zeros = map[string]bool{"q": true, "bl": true, "t": true, "pg": true, "al": true}

// amount parses a number from low to high, or an expression. The value of an
// expression with variables is checked when the image is known.
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

// finish returns the step once all its parameters are read.
func (s *step) finish() transform.Step {
	chosen := s.crop
	if s.cropMode.name != "" {
		chosen = s.cropMode
	}
	s.Resize.Fit, s.Resize.NoEnlarge = chosen.fit, chosen.noEnlarge
	return s.Step
}

// unknown returns the error for an item that ImageKit does not document.
func unknown(text string) error {
	name, rest, _ := strings.Cut(text, "-")
	if (name == "e" || name == "l") && rest != "" {
		kind, _, _ := strings.Cut(rest, "-")
		name += "-" + kind
	}
	return errors.New(errors.BadTransform, "%s is not a parameter; the parameters are %s", errors.Quote(name), supportedNames)
}
