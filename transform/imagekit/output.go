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

// readQuality reads auto as the quality of URLs without one.
func readQuality(s *step, v string) bool {
	if v == "auto" {
		s.output.Quality = 0
		return true
	}
	q, ok := whole(v, 1, 100)
	s.output.Quality = q
	return ok
}

// readFormat reads svg as keeping an SVG; the renderer finds out whether the
// original is one.
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
		s.problem = errors.New("f-svg cannot depend on a condition")
		return false
	}
	s.output.Format = f
	return ok && (f.Writable() || f == transform.SVG)
}

func readProgressive(s *step, v string) bool { return readFlag(&s.output.Progressive, v) }
func readLossless(s *step, v string) bool    { return readFlag(&s.output.Lossless, v) }

// readMetadata notes an explicit false too, since the server may keep
// metadata by default.
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

// readOriginal has no effect: orig-true was found before parsing, and
// orig-false is the default.
func readOriginal(_ *step, v string) bool {
	_, ok := boolean(v)
	return ok || v == ""
}
