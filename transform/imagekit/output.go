package imagekit

import (
	"errors"

	"github.com/caddy-images/caddy-images/transform"
)

func readDensity(s *step, v string) bool {
	if !isExpression(v) {
		dpi, ok := whole(v, 1, transform.MostDensity)
		s.output.Density = transform.Num(float64(dpi))
		return ok
	}
	n, err := parseExpression(v, ofDensity)
	if err != nil {
		s.problem = err
		return false
	}
	s.output.Density = n
	value, constant := n.Constant()
	return !constant || value >= 1 && value <= transform.MostDensity
}

// readQuality: auto is what a URL without a quality gets.
func readQuality(s *step, v string) bool {
	if v == "auto" {
		s.output.Quality = 0
		return true
	}
	q, ok := whole(v, 1, 100)
	s.output.Quality = q
	return ok
}

// readFormat: svg leaves an SVG an SVG; whether the original is one, the
// renderer finds out.
func readFormat(s *step, v string) bool {
	switch v {
	case "auto":
		s.output.Format = transform.FormatAuto
		return true
	case "orig":
		s.output.Format = transform.FormatOriginal
		return true
	}
	f, ok := transform.ParseFormat(v)
	if f == transform.SVG && s.says != nil {
		s.problem = errors.New("whether an SVG stays one cannot depend on a condition")
		return false
	}
	s.output.Format = f
	return ok && (f.Writable() || f == transform.SVG)
}

func readProgressive(s *step, v string) bool { return readFlag(&s.output.Progressive, v) }
func readLossless(s *step, v string) bool    { return readFlag(&s.output.Lossless, v) }

// readMetadata: what is said counts over what the server keeps by default, and so does
// false.
func readMetadata(s *step, v string) bool {
	ok := readFlag(&s.output.Metadata, v)
	s.output.NoMetadata = ok && !s.output.Metadata
	return ok
}

func readProfile(s *step, v string) bool {
	ok := readFlag(&s.output.Profile, v)
	s.output.NoProfile = ok && !s.output.Profile
	return ok
}

func readFlag(flag *bool, v string) (ok bool) {
	*flag, ok = boolean(v)
	return ok
}

// readOriginal changes nothing: a chain that asks for the original is not read, and
// one that has orig-false behind that does not ask for it.
func readOriginal(_ *step, v string) bool {
	_, ok := boolean(v)
	return ok || v == ""
}
