package imagekit

import (
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

func readBackground(s *step, v string) bool {
	c, ok := parseColor(v)
	s.Background = transform.Background{On: true, Color: c}
	return ok
}

const takesBlurred = "no value, or the blur, auto or 0 to 100, and then perhaps the brightness, N255 to 255, such as 25_N30"

func readBlurred(s *step, v string) bool {
	b := transform.Blurred{Auto: true}
	blur, brightness, hasBrightness := strings.Cut(v, "_")
	ok := true
	if blur != "" && blur != "auto" {
		n, okBlur := whole(blur, 0, 100)
		b, ok = transform.Blurred{Blur: float64(n)}, okBlur
	}
	if hasBrightness {
		unsigned, negative := strings.CutPrefix(brightness, "N")
		n, okBrightness := whole(unsigned, 0, 255)
		if negative {
			n = -n
		}
		b.Brightness, ok = n, ok && okBrightness && blur != ""
	}
	s.Background = transform.Background{On: true, Kind: transform.BlurredBackground, Blurred: b}
	return ok
}

func readDominant(s *step, v string) bool {
	s.Background = transform.Background{On: true, Kind: transform.DominantBackground}
	return v == ""
}

func readDominantGradient(s *step, v string) bool {
	s.Background = transform.Background{On: true, Kind: transform.GradientBackground, Palette: 2}
	if v == "4" {
		s.Background.Palette = 4
	}
	return v == "" || v == "2" || v == "4"
}

func (i *items) background(b transform.Background) {
	switch {
	case !b.On:
	case b.Kind == transform.DominantBackground:
		i.add("bg", "dominant")
	case b.Kind == transform.GradientBackground:
		i.add("bg", "gradient_dominant_"+strconv.Itoa(b.Palette))
	case b.Kind == transform.BlurredBackground:
		blur := "auto"
		if !b.Blurred.Auto {
			blur = format(b.Blurred.Blur)
		}
		i.add("bg", "blurred_"+blur+"_"+format(float64(b.Blurred.Brightness)))
	default:
		i.add("bg", formatColor(b.Color))
	}
}
