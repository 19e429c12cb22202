package imagekit

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// takesColor describes what parseColor accepts.
const takesColor = "a colour: RRGGBB, RRGGBBAA with AA from 00 to 99 percent, RGB, or a name such as red"

// parseColor parses a colour. The last two of eight digits are the opacity in
// decimal percent: "from 00 for 0.00 to 99 for 0.99" (ImageKit's JavaScript
// SDK, color). An opaque colour has no such digits.
func parseColor(v string) (transform.Color, bool) {
	v = strings.ToLower(v)
	if c, ok := transform.NamedColor(v); ok {
		return c, true
	}
	switch len(v) {
	case 3:
		v = string([]byte{v[0], v[0], v[1], v[1], v[2], v[2]})
	case 6, 8:
	default:
		return transform.Color{}, false
	}
	if strings.Trim(v, "0123456789abcdef") != "" {
		return transform.Color{}, false
	}
	rgb, err := strconv.ParseUint(v[:6], 16, 32)
	c := opaque(rgb)
	if len(v) == 8 {
		percent, ok := whole(v[6:], 0, 99)
		c.A = uint8((percent*255 + 50) / 100)
		return c, ok && err == nil
	}
	return c, err == nil
}

func opaque(rgb uint64) transform.Color {
	return transform.Opaque(uint8(rgb>>16), uint8(rgb>>8), uint8(rgb))
}

// formatColor is the inverse of parseColor for colours whose opacity is a
// whole percentage.
func formatColor(c transform.Color) string {
	rgb := fmt.Sprintf("%02X%02X%02X", c.R, c.G, c.B)
	if c.A == 255 {
		return rgb
	}
	return fmt.Sprintf("%s%02d", rgb, min(99, (int(c.A)*100+127)/255))
}
