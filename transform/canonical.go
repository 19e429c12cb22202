package transform

// canonical returns the step without what has no effect: steps that ask for
// the same become equal. Resolve and Key both use it, so that they ignore the
// same things.
func (s Step) canonical() Step {
	if s.Choice != nil {
		return Step{Choice: s.Choice.canonical()}
	}
	switch {
	case !s.Trim.On:
		s.Trim = Trim{}
	case s.Trim.Threshold == 0:
		s.Trim.Threshold = DefaultTrim
	}
	s.Resize = s.Resize.canonical()
	if degrees, ok := s.Rotate.Constant(); ok {
		s.Rotate = Num(turn(degrees)).unless(0)
	}
	s.Effects.Adjust = s.Effects.Adjust.canonical()
	s.Effects.Blur = s.Effects.Blur.unless(0)
	if !s.Effects.Sharpen.On {
		s.Effects.Sharpen = Sharpen{}
	}
	s.Effects.Replace = s.Effects.Replace.canonical()
	s.Effects.Colorize = s.Effects.Colorize.canonical()
	s.Effects.Gradient = s.Effects.Gradient.canonical()
	s.Distort = s.Distort.canonical()
	s.Shadow = s.Shadow.canonical()
	if s.Border.Width = s.Border.Width.unless(0); !s.Border.Width.IsSet() {
		s.Border = Border{}
	}
	c := &s.Corners
	for _, r := range []*Radius{&c.TopLeft, &c.TopRight, &c.BottomRight, &c.BottomLeft} {
		if r.Px = r.Px.unless(0); r.Max {
			r.Px = Number{}
		}
	}
	s.Opacity = s.Opacity.unless(100)
	s.Background = s.Background.canonical()
	if len(s.Layers) == 0 {
		s.Layers = nil
	}
	return s
}

func (z Resize) canonical() Resize {
	switch {
	case !z.sized():
		return Resize{AutoWidth: z.AutoWidth, AutoDPR: z.AutoDPR}
	case z.Width.IsSet() && z.Height.IsSet():
		z.Aspect = Number{}
	case !z.Aspect.IsSet() && z.Fit.scales():
		// The box has the image's shape except for the rounding of one side,
		// which is no reason to crop or pad a row of pixels.
		z.Fit = Stretch
	}
	z = z.multiplied()
	z.NoEnlarge = z.NoEnlarge && z.Fit.scales()
	if z.Fit != Crop && z.Fit != CropPad {
		z.X, z.Y, z.CenterX, z.CenterY = Number{}, Number{}, Number{}, Number{}
	}
	if z.X.IsSet() {
		z.CenterX = Number{}
	}
	if z.Y.IsSet() {
		z.CenterY = Number{}
	}
	cuts := z.Fit == Cover || z.Fit == Crop || z.Fit == CropPad
	if z.Fit == Stretch || z.Fit == Inside || z.Fit == Outside || !cuts && z.Focus.isArea() {
		z.Focus = FocusCenter
	}
	if z.Focus != FocusPoint {
		z.PointX, z.PointY = Number{}, Number{}
	}
	return z
}

// multiplied returns the size multiplied by the DPR: two ways to ask for the
// same pixels become equal.
func (z Resize) multiplied() Resize {
	if z.DPR = z.DPR.unless(1); !z.DPR.IsSet() {
		return z
	}
	dpr, known := z.DPR.Constant()
	width, w, ok := z.Width.times(dpr)
	height, h, okToo := z.Height.times(dpr)
	if !known || !ok || !okToo {
		return z
	}
	if multipliable(w, width) && multipliable(h, height) {
		z.Width, z.Height = width, height
	}
	z.DPR = Number{}
	return z
}

// times returns the length multiplied by k, and the result if it does not
// depend on the image.
func (l Length) times(k float64) (product Length, v float64, ok bool) {
	if !l.IsSet() {
		return l, 0, true
	}
	v, ok = l.number.Constant()
	return Px(v * k), v * k, ok && !l.fraction
}
