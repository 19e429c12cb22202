package imagizer

import (
	"math"
	"strconv"
	"strings"
)

// number parses a decimal number: digits, perhaps with a sign and a fraction.
// Exponents, hex and infinity are not allowed.
func number(v string) (float64, bool) {
	const most = 32 // bytes, longer than any float64 in decimal
	unsigned := strings.TrimPrefix(v, "-")
	whole, fraction, hasPoint := strings.Cut(unsigned, ".")
	if len(v) > most || whole == "" && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" || hasPoint && fraction == "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(v, 64)
	return f + 0, err == nil // the sum has no negative zero
}

// within parses a number, limited to the range from low to high.
func within(v string, low, high float64) (float64, bool) {
	f, ok := number(v)
	return min(max(f, low), high), ok
}

// whole is within for whole numbers; others are rounded.
func whole(v string, low, high int) (int, bool) {
	f, ok := within(v, float64(low), float64(high))
	return int(math.Floor(f + 0.5)), ok
}

// size parses a positive length.
func size(v string) (float64, bool) {
	f, ok := within(v, 0, maxPixels)
	return f, ok && f > 0
}

// maxPixels is the largest length; larger ones are limited to it.
const maxPixels = 65535

// Readers for rows that set one field.

func readWhole(low, high int, of func(p *picture) *int) func(*picture, string) bool {
	return func(p *picture, v string) (ok bool) {
		*of(p), ok = whole(v, low, high)
		return ok
	}
}

func readNumber(low, high float64, of func(p *picture) *float64) func(*picture, string) bool {
	return func(p *picture, v string) (ok bool) {
		*of(p), ok = within(v, low, high)
		return ok
	}
}

func readFlag(of func(p *picture) *bool) func(*picture, string) bool {
	return func(p *picture, v string) (ok bool) {
		*of(p), ok = boolean(v)
		return ok
	}
}

func readText(of func(p *picture) *string) func(*picture, string) bool {
	return func(p *picture, v string) bool {
		*of(p) = v
		return true
	}
}
