package natural

import (
	"math"
	"strconv"
	"strings"
)

// absolute are the absolute units (CSS Values and Units Module Level 3,
// section 6.2), each as a factor and a divisor.
var absolute = map[string]struct{ times, by float64 }{
	"px": {1, 1}, "in": {Density, 1}, "cm": {Density, 2.54}, "mm": {Density, 25.4}, "q": {Density, 101.6}, "pt": {Density, 72}, "pc": {Density, 6},
}

// Pixels converts a length in an absolute unit, in lower case, to pixels; ok
// is false for other units.
func Pixels(v float64, unit string) (pixels float64, ok bool) {
	u, ok := absolute[unit]
	return v * u.times / u.by, ok
}

// Length parses a length of CSS or SVG with a font of the given size in
// units. ok is false for anything else, and for a length that depends on the
// surroundings, in particular a percentage.
func Length(value string, font float64) (v float64, ok bool) {
	value = strings.Trim(value, " \t\r\n\f")
	n := len(Number(value))
	v, err := strconv.ParseFloat(value[:n], 64)
	if err != nil {
		return 0, false
	}
	switch unit := strings.ToLower(value[n:]); unit {
	case "":
		return v, true
	case "em", "rem", "ic":
		return v * font, true
	case "ex", "ch":
		return v * font / 2, true
	default:
		return Pixels(v, unit)
	}
}

// Number returns the number at the beginning of a value, in the syntax of CSS
// (CSS Syntax Module Level 3, section 4.3.12); empty if there is none.
func Number(value string) string {
	n := 0
	if n < len(value) && (value[n] == '+' || value[n] == '-') {
		n++
	}
	whole := digits(value[n:])
	n += whole
	if n < len(value) && value[n] == '.' {
		part := digits(value[n+1:])
		if part > 0 {
			n += 1 + part
		}
		whole += part
	}
	if whole == 0 {
		return ""
	}
	if n < len(value) && value[n]|0x20 == 'e' {
		e := n + 1
		if e < len(value) && (value[e] == '+' || value[e] == '-') {
			e++
		}
		if exponent := digits(value[e:]); exponent > 0 {
			n = e + exponent
		}
	}
	return value[:n]
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// ParseBox parses a viewBox; ok is false for an invalid one, such as one with
// a negative size. A width or a height of 0 is valid.
func ParseBox(value string) (box Box, ok bool) {
	var v [4]float64
	rest := strings.Trim(value, " \t\r\n\f")
	for i := range v {
		if i > 0 {
			rest = separated(rest)
		}
		number := Number(rest)
		f, err := strconv.ParseFloat(number, 64)
		if err != nil || math.Abs(f) > most {
			return Box{}, false
		}
		v[i], rest = f, rest[len(number):]
	}
	if rest != "" || v[2] < 0 || v[3] < 0 {
		return Box{}, false
	}
	return Box{v[0], v[1], v[2], v[3]}, true
}

// separated skips the white space and the comma between two numbers, both
// optional.
func separated(s string) string {
	s = strings.TrimLeft(s, " \t\r\n\f")
	if after, comma := strings.CutPrefix(s, ","); comma {
		return strings.TrimLeft(after, " \t\r\n\f")
	}
	return s
}
