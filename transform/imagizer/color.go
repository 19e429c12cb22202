package imagizer

import (
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

const takesColor = "a colour: RGB, RRGGBB, RRGGBBAA, or a name such as red"

// parseColor parses a colour in hex, with or without #, or by name. The last
// two of eight digits are the opacity (CSS Color Module Level 4, section
// 5.2).
func parseColor(v string) (transform.Color, bool) {
	v = strings.ToLower(v)
	if c, ok := transform.NamedColor(v); ok {
		return c, true
	}
	v = strings.TrimPrefix(v, "#")
	switch len(v) {
	case 3:
		v = string([]byte{v[0], v[0], v[1], v[1], v[2], v[2], 'f', 'f'})
	case 6:
		v += "ff"
	case 8:
	default:
		return transform.Color{}, false
	}
	rgba, err := strconv.ParseUint(v, 16, 32)
	return transform.Color{R: uint8(rgba >> 24), G: uint8(rgba >> 16), B: uint8(rgba >> 8), A: uint8(rgba)}, err == nil
}

func readColor(of func(p *picture) *transform.Color) func(*picture, string) bool {
	return func(p *picture, v string) (ok bool) {
		*of(p), ok = parseColor(v)
		return ok
	}
}
