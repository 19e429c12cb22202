package transform

import (
	"bytes"
	"fmt"
	"strconv"
)

// Key returns canonical bytes: equal exactly for plans that ask for the same
// image. They are empty for the zero plan. Otherwise they are a line for the
// page, one for each step that has an effect, and one for the output.
func (p Plan) Key() []byte {
	if p.IsZero() {
		return nil
	}
	k := keyWriter{}
	if p.Page > 0 {
		fmt.Fprintf(&k, "page%d\n", p.Page)
	}
	if p.Still && p.Page == 0 {
		k.WriteString("still\n")
	}
	if p.AsStored {
		k.WriteString("stored\n")
	}
	if p.NoLarger {
		k.WriteString("nolarger\n")
	}
	k.steps(p.Steps)
	p.Output.write(&k)
	return k.Bytes()
}

// steps writes a line for each step that has an effect.
func (k *keyWriter) steps(steps []Step) {
	for _, s := range steps {
		if s.IsZero() {
			continue
		}
		s = s.canonical()
		s.write(k)
		k.WriteByte('\n')
	}
}

func (o Output) write(k *keyWriter) {
	k.WriteString(o.Format.String())
	k.number("q", Num(float64(o.Quality)).unless(0))
	k.flag("progressive", o.Progressive)
	k.flag("lossless", o.Lossless)
	k.flag("metadata", o.Metadata)
	k.flag("copyright", o.Copyright)
	k.flag("nometadata", o.NoMetadata)
	k.flag("profile", o.Profile)
	k.flag("noprofile", o.NoProfile)
	k.number("density", o.Density)
}

// write writes a canonical step.
func (s Step) write(k *keyWriter) {
	if s.Trim.On {
		k.number("trim", Num(float64(s.Trim.Threshold)))
	}
	if s.Resize != (Resize{}) {
		s.Resize.write(k)
	}
	k.number("rotate", s.Rotate)
	k.flag("mirror", s.Flip.Horizontal)
	k.flag("flip", s.Flip.Vertical)
	k.flag("whitebalance", s.Effects.WhiteBalance)
	k.flag("tone", s.Effects.Tone)
	s.Effects.Adjust.write(k)
	k.flag("gray", s.Effects.Grayscale)
	k.flag("contrast", s.Effects.Contrast)
	k.number("blur", s.Effects.Blur)
	if s.Effects.Sharpen.On {
		k.number("sharpen", Num(s.Effects.Sharpen.Amount))
	}
	if u := s.Effects.Unsharp; u != (Unsharp{}) {
		for _, v := range []float64{u.Radius, u.Sigma, u.Amount, u.Threshold} {
			k.number("unsharp", Num(v))
		}
	}
	if s.Effects.Look != NoLook {
		k.WriteString(" look" + s.Effects.Look.String())
	}
	s.Effects.Replace.write(k)
	s.Effects.Colorize.write(k)
	s.Effects.Gradient.write(k)
	s.Distort.write(k)
	s.Shadow.write(k)
	if s.Border.Width.IsSet() {
		k.number("border", s.Border.Width)
		k.WriteString(s.Border.Color.String())
	}
	k.radius("tl", s.Corners.TopLeft)
	k.radius("tr", s.Corners.TopRight)
	k.radius("br", s.Corners.BottomRight)
	k.radius("bl", s.Corners.BottomLeft)
	k.number("opacity", s.Opacity)
	s.Background.write(k)
	for _, l := range s.Layers {
		l.write(k)
	}
	if s.Choice != nil {
		s.Choice.write(k)
	}
}

func (z Resize) write(k *keyWriter) {
	k.length("w", z.Width)
	k.length("h", z.Height)
	k.number("aspect", z.Aspect)
	fmt.Fprintf(k, " fit%d focus%d", z.Fit, z.Focus)
	k.flag("noenlarge", z.NoEnlarge)
	k.number("x", z.X)
	k.number("y", z.Y)
	k.number("xc", z.CenterX)
	k.number("yc", z.CenterY)
	k.number("px", z.PointX)
	k.number("py", z.PointY)
	k.number("dpr", z.DPR)
	k.flag("clientwidth", z.AutoWidth)
	k.flag("clientdpr", z.AutoDPR)
}

// keyWriter writes ` name` for a flag, ` namevalue` for a constant, and `
// name(expression)` for a number that depends on the image.
type keyWriter struct{ bytes.Buffer }

func (k *keyWriter) flag(name string, on bool) {
	if on {
		k.WriteString(" " + name)
	}
}

func (k *keyWriter) number(name string, n Number) {
	switch {
	case n.expression != "":
		k.WriteString(" " + name + "(" + n.expression + ")")
	case n.given:
		k.WriteString(" " + name + strconv.FormatFloat(n.value, 'g', -1, 64))
	}
}

func (k *keyWriter) length(name string, l Length) {
	if l.fraction {
		name += "%"
	}
	k.number(name, l.number)
}

func (k *keyWriter) radius(name string, r Radius) {
	k.flag(name+"max", r.Max)
	k.number(name, r.Px)
}
