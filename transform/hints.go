package transform

import "slices"

// Hints are a client's hints about the place of an image on its screen. The
// zero value has none.
type Hints struct {
	// Width is the width of the place in screen pixels.
	Width int

	// DPR is the number of screen pixels per CSS pixel.
	DPR float64
}

// Automatic reports whether the plan leaves a width, or a DPR, to the client.
func (p Plan) Automatic() (width, dpr bool) {
	p.eachResize(func(z Resize) {
		width = width || z.AutoWidth
		dpr = dpr || z.AutoDPR
	})
	return width, dpr
}

// Settle returns the plan with its automatic widths and DPRs replaced by the
// client's, including those in layers and choices. Missing hints stay "not
// given". The DPR does not apply to a width from the client, which includes
// it.
func (p Plan) Settle(h Hints) Plan {
	if width, dpr := p.Automatic(); width || dpr {
		p.Steps = mapResizes(p.Steps, func(z Resize) Resize { return z.settle(h) })
	}
	return p
}

// sized reports whether a size is requested, so that the step has an effect.
func (z Resize) sized() bool { return z.Width.IsSet() || z.Height.IsSet() }

func (z Resize) settle(h Hints) Resize {
	if z.AutoWidth && h.Width > 0 {
		z.Width = Px(float64(h.Width))
		z.AutoDPR = false
	}
	if z.AutoDPR && h.DPR > 0 {
		z.DPR = Num(h.DPR)
	}
	z.AutoWidth, z.AutoDPR = false, false
	return z
}

// Sized reports whether the plan requests a width or a height, except in
// layers.
func (p Plan) Sized() bool {
	sized := false
	eachStep(p.Steps, false, func(s Step) { sized = sized || s.Resize.sized() })
	return sized
}

// Within returns the plan with a first step that scales the image down to fit
// into the box.
func (p Plan) Within(box Size) Plan {
	inside := Resize{Width: Px(float64(box.Width)), Height: Px(float64(box.Height)), Fit: Inside, NoEnlarge: true}
	p.Steps = slices.Clone(p.Steps)
	if len(p.Steps) > 0 && p.Steps[0].Choice == nil && !p.Steps[0].Resize.sized() {
		p.Steps[0].Resize = inside
	} else {
		p.Steps = slices.Insert(p.Steps, 0, Step{Resize: inside})
	}
	return p
}

func (p Plan) eachResize(see func(Resize)) {
	eachStep(p.Steps, true, func(s Step) { see(s.Resize) })
}

// eachStep visits all steps, including those of choices and, if wanted, of
// layers.
func eachStep(steps []Step, layers bool, see func(Step)) {
	for _, s := range steps {
		see(s)
		for _, l := range s.Layers {
			if layers {
				eachStep(l.Steps, layers, see)
			}
		}
		if s.Choice != nil {
			eachStep(s.Choice.Then.Steps, layers, see)
			eachStep(s.Choice.Else.Steps, layers, see)
		}
	}
}

// mapResizes returns a deep copy of steps with their resizes mapped, and those of layers.
func mapResizes(steps []Step, to func(Resize) Resize) []Step {
	return mapSteps(steps, true, to)
}

// mapOwnResizes is mapResizes that leaves layers as they are.
func mapOwnResizes(steps []Step, to func(Resize) Resize) []Step {
	return mapSteps(steps, false, to)
}

func mapSteps(steps []Step, layers bool, to func(Resize) Resize) []Step {
	steps = slices.Clone(steps)
	for i := range steps {
		s := &steps[i]
		s.Resize = to(s.Resize)
		if layers {
			s.Layers = slices.Clone(s.Layers)
			for j := range s.Layers {
				s.Layers[j].Steps = mapSteps(s.Layers[j].Steps, layers, to)
			}
		}
		if s.Choice != nil {
			choice := *s.Choice
			choice.Then.Steps = mapSteps(choice.Then.Steps, layers, to)
			choice.Else.Steps = mapSteps(choice.Else.Steps, layers, to)
			s.Choice = &choice
		}
	}
	return steps
}
