package imagekit

import (
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

const takesColorize = "no value, or some of co (a colour) and in (0 to 100), such as co-red_in-50"

// readColorize has the defaults that ImageKit's SDKs document.
func readColorize(s *step, v string) bool {
	c := transform.Colorize{Color: transform.Opaque(0x80, 0x80, 0x80), Intensity: 100}
	parts, ok := details(v, "co", "in")
	if color, is := parts["co"]; is {
		var okColor bool
		c.Color, okColor = parseColor(color)
		ok = ok && okColor
	}
	if intensity, is := parts["in"]; is {
		var okWhole bool
		c.Intensity, okWhole = whole(intensity, 0, 100)
		ok = ok && okWhole
	}
	s.Effects.Colorize = c
	return ok
}

const takesReplace = "a colour, perhaps how much may be replaced, 0 to 100, and then perhaps the colour to replace: FF0000_50_00FF00"

// usualTolerance is the initial value of ImageKit's editor.
const usualTolerance = 35

func readReplace(s *step, v string) bool {
	parts := strings.Split(v, "_")
	r := transform.Replace{On: true, Tolerance: usualTolerance, Dominant: len(parts) < 3}
	to, ok := parseColor(parts[0])
	r.To = to
	if len(parts) > 1 {
		n, okTolerance := whole(parts[1], 0, 100)
		r.Tolerance, ok = n, ok && okTolerance
	}
	if len(parts) > 2 {
		c, okFrom := parseColor(parts[2])
		r.From, ok = c, ok && okFrom
	}
	s.Effects.Replace = r
	return ok && len(parts) <= 3
}

func (i *items) tints(e transform.Effects) {
	if c := e.Colorize; c != (transform.Colorize{}) {
		i.add("e-colorize", "co-"+formatColor(c.Color)+"_in-"+strconv.Itoa(c.Intensity))
	}
	if r := e.Replace; r.On {
		value := formatColor(r.To) + "_" + strconv.Itoa(r.Tolerance)
		if !r.Dominant {
			value += "_" + formatColor(r.From)
		}
		i.add("cr", value)
	}
}
