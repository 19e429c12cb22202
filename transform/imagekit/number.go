package imagekit

import (
	"strconv"
	"strings"
)

// number reads an unsigned decimal number, digits with or without a fraction.
// It knows no exponent, no hex, no infinity and no sign.
func number(v string) (float64, bool) {
	const most = 32 // bytes, more than any float64 that is written out needs
	whole, fraction, hasPoint := strings.Cut(v, ".")
	if len(v) > most || !digits(whole) || hasPoint && !digits(fraction) {
		return 0, false
	}
	f, err := strconv.ParseFloat(v, 64)
	return f, err == nil
}

func digits(v string) bool {
	return v != "" && strings.Trim(v, "0123456789") == ""
}

// signed reads a number that may be negative, which is written with an N.
func signed(v string) (float64, bool) {
	unsigned, negative := strings.CutPrefix(v, "N")
	f, ok := number(unsigned)
	if negative {
		return 0 - f, ok // not -f, for which N0 would be another number than 0
	}
	return f, ok
}

// within reads a number from low to high.
func within(v string, low, high float64) (float64, bool) {
	f, ok := number(v)
	return f, ok && low <= f && f <= high
}

// whole reads a whole number from low to high.
func whole(v string, low, high int) (int, bool) {
	if !digits(v) {
		return 0, false
	}
	n, err := strconv.Atoi(v)
	return n, err == nil && low <= n && n <= high
}

// boolean reads true or false.
func boolean(v string) (value, ok bool) {
	return v == "true", v == "true" || v == "false"
}

// format writes a number so that signed reads the same one.
func format(f float64) string {
	if f < 0 {
		return "N" + format(-f)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
