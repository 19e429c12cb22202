package imagekit

import "github.com/caddy-images/caddy-images/transform"

const takesShadow = "no value, or some of bl (0 to 15), st (0 to 100), x and y (0 to 100 percent, with an N in front for the left and up), such as bl-15_st-40_x-10_y-N5"

// readShadow has the defaults of ImageKit's page.
func readShadow(s *step, v string) bool {
	shadow := transform.Shadow{On: true, Blur: 10, Strength: 30, Right: 2, Down: 2}
	parts, ok := details(v, "bl", "st", "x", "y")
	for name, part := range map[string]struct {
		to        *float64
		low, high float64
	}{
		"bl": {&shadow.Blur, 0, 15}, "st": {&shadow.Strength, 0, 100},
		"x": {&shadow.Right, -100, 100}, "y": {&shadow.Down, -100, 100},
	} {
		if value, is := parts[name]; is {
			f, okNumber := signed(value)
			*part.to = f
			ok = ok && okNumber && part.low <= f && f <= part.high
		}
	}
	s.Shadow = shadow
	return ok
}

func (i *items) shadow(s transform.Shadow) {
	if s.On {
		i.add("e-shadow", "bl-"+format(s.Blur)+"_st-"+format(s.Strength)+"_x-"+format(s.Right)+"_y-"+format(s.Down))
	}
}
