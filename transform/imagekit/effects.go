package imagekit

import (
	"math"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

func readBlur(s *step, v string) bool {
	n, ok := whole(v, 1, 100)
	s.Effects.Blur = transform.Num(float64(n))
	return ok
}

// on reports whether v is empty, or one of the values that ImageKit's older
// SDKs append to effects without one: e-contrast-true, e-contrast-1.
func on(v string) bool { return v == "" || v == "true" || v == "1" }

func readGrayscale(s *step, v string) bool {
	s.Effects.Grayscale = true
	return on(v)
}

func readContrast(s *step, v string) bool {
	s.Effects.Contrast = true
	return on(v)
}

func readSharpen(s *step, v string) bool {
	s.Effects.Sharpen = transform.Sharpen{On: true}
	if v == "" {
		return true
	}
	amount, ok := within(v, 0, 10000)
	s.Effects.Sharpen.Amount = amount
	return ok && amount > 0
}

// defaultUnsharp is the example on ImageKit's page "Image enhancement and
// color manipulation". The SDKs write a bare e-usm for "a default unsharp
// mask", which no page defines.
var defaultUnsharp = transform.Unsharp{Radius: 2, Sigma: 2, Amount: 0.8, Threshold: 0.024}

func readUnsharp(s *step, v string) bool {
	if v == "" {
		s.Effects.Unsharp = defaultUnsharp
		return true
	}
	u := &s.Effects.Unsharp
	numbers := []struct {
		to        *float64
		low, high float64
	}{{&u.Radius, 0, 100}, {&u.Sigma, 0.01, 100}, {&u.Amount, 0.001, 100}, {&u.Threshold, 0, 255}}
	parts := strings.Split(v, "-")
	if len(parts) != len(numbers) {
		return false
	}
	for i, n := range numbers {
		f, ok := within(parts[i], n.low, n.high)
		if !ok {
			return false
		}
		*n.to = f
	}
	if u.Threshold > 1 {
		u.Threshold /= 255 // above 1 it is an 8-bit level, as in other tools
	}
	return true
}

// readOpacity reads percents, and fractions as in CSS: o-0.8 is o-80. o-1 is
// one percent, as ImageKit documents.
func readOpacity(s *step, v string) bool {
	if f, ok := number(v); ok && strings.Contains(v, ".") && 0 < f && f < 1 {
		s.Opacity = transform.Num(math.Round(f*1e4) / 1e2)
		return true
	}
	n, ok := whole(v, 0, 100)
	s.Opacity = transform.Num(float64(n))
	return ok
}

func readTrim(s *step, v string) bool {
	if isOn, ok := boolean(v); ok {
		s.Trim = transform.Trim{On: isOn}
		return true
	}
	n, ok := whole(v, 1, 99)
	s.Trim = transform.Trim{On: true, Threshold: n}
	return ok
}
