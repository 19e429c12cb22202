package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

const takesGradient = "no value, or some of ld (0 to 359, top, top_right, right, bottom_right, bottom, bottom_left, left or top_left), " +
	"from and to (colours) and sp (a part between 0 and 1, pixels, or an expression), such as ld-top_from-green_to-00FF0010_sp-0.5"

// directions are the directions of a gradient.
var directions = map[string]float64{
	"top": 0, "topright": 45, "right": 90, "bottomright": 135,
	"bottom": 180, "bottomleft": 225, "left": 270, "topleft": 315,
}

// readGradient accepts both top_left and topleft, as ImageKit's page has
// both.
func readGradient(s *step, v string) bool {
	g := transform.Gradient{On: true, Angle: 180, From: transform.White}
	parts, ok := details(v, "ld", "from", "to", "sp")
	if direction, is := parts["ld"]; is {
		angle, known := directions[strings.ReplaceAll(direction, "_", "")]
		if !known {
			angle, known = within(direction, 0, 359)
		}
		g.Angle, ok = angle, ok && known
	}
	for name, to := range map[string]*transform.Color{"from": &g.From, "to": &g.To} {
		if value, is := parts[name]; is {
			c, okColor := parseColor(value)
			*to, ok = c, ok && okColor
		}
	}
	if stop, is := parts["sp"]; is {
		ok = readStop(s, &g.Stop, stop) && ok
	}
	s.Effects.Gradient = g
	return ok
}

// readStop reads 1 as the documented default, the whole way, and not as one
// pixel.
func readStop(s *step, l *transform.Length, v string) bool {
	n, ok := s.amount(v, 0, maxPixels)
	f, constant := n.Constant()
	switch {
	case !ok || constant && f == 0:
		return false
	case constant && f <= 1:
		*l = transform.Fraction(f)
	default:
		*l = transform.Pixels(n)
	}
	return true
}

func (i *items) gradient(g transform.Gradient) {
	if !g.On {
		return
	}
	value := "ld-" + format(g.Angle) + "_from-" + formatColor(g.From) + "_to-" + formatColor(g.To)
	n, _ := g.Stop.Parts()
	if stop, ok := formatNumber(n); ok {
		value += "_sp-" + stop
	}
	i.add("e-gradient", value)
}
