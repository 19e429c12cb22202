package imagekit

import (
	"strconv"
	"strings"
)

// number parses an unsigned decimal number, with or without a fraction.
// Exponents, hex, infinity and signs are not allowed.
func number(v string) (float64, bool) {
	const most = 32 // bytes, longer than any float64 in decimal
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

// signed parses a number; an N in front makes it negative.
func signed(v string) (float64, bool) {
	unsigned, negative := strings.CutPrefix(v, "N")
	f, ok := number(unsigned)
	if negative {
		return 0 - f, ok // not -f, which would distinguish N0 from 0
	}
	return f, ok
}

// within parses a number from low to high.
func within(v string, low, high float64) (float64, bool) {
	f, ok := number(v)
	return f, ok && low <= f && f <= high
}

// whole parses a whole number from low to high.
func whole(v string, low, high int) (int, bool) {
	if !digits(v) {
		return 0, false
	}
	n, err := strconv.Atoi(v)
	return n, err == nil && low <= n && n <= high
}

// boolean parses true or false.
func boolean(v string) (value, ok bool) {
	return v == "true", v == "true" || v == "false"
}

// format is the inverse of signed.
func format(f float64) string {
	if f < 0 {
		return "N" + format(-f)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
