package imagizer

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
	"github.com/caddy-images/caddy-images/origin"
	"github.com/caddy-images/caddy-images/transform"
)

// picture is the parameters of one image, the original or that of a layer,
// while they are read.
type picture struct {
	dialect *Dialect
	where   where

	width, height float64 // pixels, 0 for none
	dpr, scale    float64
	crop          crop
	upscale       *bool
	point         struct{ x, y *float64 } // to focus on, fractions of width and height

	pad      int
	padColor *transform.Color
	flatten  bool

	// step is the part of the plan that involves single parameters.
	step transform.Step

	page     int
	asStored bool
	meta     bool
	format   *transform.Format
	output   transform.Output

	mark    mark
	overlay []transform.Layer
	text    text

	// asks reports whether any parameter but the place of the original is
	// present.
	asks bool

	// trusted reports whether the value being read is the operator's.
	trusted bool

	// layers counts the layers of the whole URL, depth those around this
	// image.
	layers *int
	depth  int

	// problem describes a wrong value better than what the parameter accepts.
	problem error
}

// newPicture reads the parameters of an original.
func (d *Dialect) newPicture(v values) (*picture, error) {
	p := &picture{dialect: d, layers: new(int)}
	return p, p.read(v)
}

// read reads parameters in the order of the table.
func (p *picture) read(v values) error {
	p.dpr, p.scale = 1, 1
	p.mark, p.text = usualMark, usualText
	p.output.Format = transform.FormatOriginal
	for _, r := range parameters {
		value, ok := v[r.name]
		if !ok {
			continue
		}
		p.asks = p.asks || !r.aside
		p.trusted = value.trusted
		if err := p.readOne(r, value.text); err != nil {
			return err
		}
	}
	return nil
}

func (p *picture) readOne(r row, text string) error {
	if r.whole && p.depth > 0 {
		return errors.New(errors.BadTransform, "%s is for the whole image and not for a layer", r.name)
	}
	if r.state >= later {
		off, ok := boolean(text)
		if r.flag && ok && !off {
			return nil
		}
		return r.refusal()
	}
	if r.read(p, text) {
		return nil
	}
	if p.problem != nil {
		return p.problem
	}
	return r.wrong(text)
}

// refuse is for readers that describe the error themselves.
func (p *picture) refuse(err error) bool {
	p.problem = err
	return false
}

// plan returns the plan for the parameters.
func (p *picture) plan() (transform.Plan, error) {
	if !p.asks || p.meta {
		return transform.Plan{}, nil
	}
	steps, err := p.steps()
	if err != nil {
		return transform.Plan{}, err
	}
	output := p.output
	switch {
	case p.format != nil:
		output.Format = *p.format
	case p.flatten:
		output.Format = transform.JPEG
	}
	return transform.Plan{Page: p.page, AsStored: p.asStored, Steps: steps, Output: output}, nil
}

// steps returns the steps in this order: the part that crop cuts out of the
// original; size, colours, rotation; border and corners; padding; layers.
func (p *picture) steps() ([]transform.Step, error) {
	var steps []transform.Step
	first, cuts := p.cut()
	if cuts && (p.sized() || p.step.Trim.On) {
		steps = append(steps, transform.Step{Resize: first})
	}
	s := p.step
	s.Border, s.Corners = transform.Border{}, transform.Corners{}
	if s.Resize = p.resize(); cuts && steps == nil {
		s.Resize = first
	}
	if p.fills() {
		s.Background = p.fill()
	}
	framed := !p.step.Corners.IsZero() || p.step.Border.Width.IsSet()
	if framed && s.Background.On {
		steps = append(steps, s)
		s = transform.Step{}
	}
	s.Border, s.Corners = p.step.Border, p.step.Corners
	if p.pad > 0 {
		if framed {
			steps = append(steps, s)
			s = transform.Step{}
		}
		s.Border = transform.Border{Width: transform.Num(float64(p.pad)), Color: p.fill().Color}
	}
	if p.pad > 0 || p.flatten {
		s.Background = p.fill() // a padded image lies on the padding's colour
	}
	var err error
	s.Layers, err = p.layersOf()
	return append(steps, s), err
}

// fills reports whether transparent parts show pad_color.
func (p *picture) fills() bool {
	if p.crop.kind == cropPad && p.boxed() {
		return true
	}
	degrees, _ := p.step.Rotate.Constant()
	return p.padColor != nil && math.Mod(degrees, 90) != 0
}

// fill returns pad_color, or Imagizer's white.
func (p *picture) fill() transform.Background {
	b := transform.Background{On: true, Color: transform.White}
	if p.padColor != nil {
		b.Color = *p.padColor
	}
	return b
}

// ref returns the original for an escaped path.
func (p *picture) ref(path, belongs string) (origin.Ref, error) {
	return p.where.ref(path, belongs, p.dialect.TakesURLs())
}
