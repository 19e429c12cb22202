package transform

import "math"

// Gradient is a linear gradient of two colours drawn over the image. The zero
// value does nothing.
type Gradient struct {
	On bool

	// Angle is the direction in degrees clockwise: 0 is up, 90 to the right
	// (CSS Images, "linear-gradient").
	Angle float64

	From, To Color

	// Stop is where To is reached: a fraction of the way across the image, or
	// pixels. If not given, it is the whole way.
	Stop Length
}

func (g Gradient) canonical() Gradient {
	if !g.On || g.From.A == 0 && g.To.A == 0 {
		return Gradient{}
	}
	g.Angle = turn(g.Angle)
	if g.Stop == Fraction(1) {
		g.Stop = Length{}
	}
	return g
}

func (g Gradient) write(k *keyWriter) {
	if g.On {
		k.number("gradient", Num(g.Angle))
		k.WriteString(g.From.String() + g.To.String())
		k.length("stop", g.Stop)
	}
}

// Over returns the gradient over an image of the size.
func (g Gradient) Over(s Size) Ramp { return g.canonical().ramp(Facts{Size: s}, s) }

// Ramp is a Gradient over an image of known size: the position of a pixel
// between From, 0, and To, 1, is Right*x + Down*y + At, where x and y are the
// centre of the pixel.
type Ramp struct {
	From, To        Color
	Right, Down, At float64
}

// ramp makes the gradient concrete for a part of an image. It is as long as
// needed for the corners to have the pure colours (CSS Images, "gradient
// line"), and at least one pixel.
func (g Gradient) ramp(f Facts, s Size) Ramp {
	if !g.On {
		return Ramp{}
	}
	w, h := float64(s.Width), float64(s.Height)
	sin, cos := math.Sincos(g.Angle * math.Pi / 180)
	across := math.Abs(w*sin) + math.Abs(h*cos)
	way := across
	if g.Stop.IsSet() {
		way = max(1, clamp(g.Stop.in(f, round(across)), farthest))
	}
	return Ramp{
		From: g.From, To: g.To,
		Right: sin / way, Down: -cos / way,
		At: (across/2 - (w*sin-h*cos)/2) / way,
	}
}

// IsZero reports whether the ramp draws nothing.
func (r Ramp) IsZero() bool { return r == Ramp{} }

// Color returns the colour at a position from 0 to 1. Colours are mixed
// premultiplied, so that a transparent one does not darken the other (CSS
// Images, "interpolating colors").
func (r Ramp) Color(at float64) Color {
	at = clamp(at, 1)
	from, to := (1-at)*float64(r.From.A), at*float64(r.To.A)
	if from+to == 0 {
		return Color{}
	}
	mix := func(a, b uint8) uint8 {
		return uint8(round((from*float64(a) + to*float64(b)) / (from + to)))
	}
	return Color{mix(r.From.R, r.To.R), mix(r.From.G, r.To.G), mix(r.From.B, r.To.B), uint8(round(from + to))}
}
