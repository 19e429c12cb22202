package imagekit

import (
	"math"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// readRotation reads auto as EXIF orientation, which is always applied.
func readRotation(s *step, v string) bool {
	s.Rotate = transform.Number{}
	if v == "auto" {
		return true
	}
	const most = 36000
	degrees, ok := signed(v)
	s.Rotate = transform.Num(degrees)
	return ok && math.Abs(degrees) <= most
}

func readFlip(s *step, v string) bool {
	s.Flip = transform.Flip{
		Horizontal: v == "h" || v == "h_v" || v == "v_h",
		Vertical:   v == "v" || v == "h_v" || v == "v_h",
	}
	return s.Flip != transform.Flip{}
}

// readRadius reads one radius, or four clockwise from the top left.
func readRadius(s *step, v string) bool {
	parts := strings.Split(v, "_")
	if len(parts) == 1 {
		parts = []string{v, v, v, v}
	}
	if len(parts) != 4 {
		return false
	}
	for i, to := range []*transform.Radius{&s.Corners.TopLeft, &s.Corners.TopRight, &s.Corners.BottomRight, &s.Corners.BottomLeft} {
		*to = transform.Radius{Max: parts[i] == "max"}
		if to.Max {
			continue
		}
		n, ok := whole(parts[i], 0, maxPixels)
		if !ok {
			return false
		}
		to.Px = transform.Num(float64(n))
	}
	return true
}

// readBorder reads `5_FF0000` and the spelling of ImageKit's text and its
// older SDKs, `5-FF0000`. The width may be an expression, which contains
// underscores too.
func readBorder(s *step, v string) bool {
	i := strings.LastIndexAny(v, "-_")
	if i < 0 {
		return false
	}
	width, okWidth := s.amount(v[:i], 1, maxPixels)
	c, okColor := parseColor(v[i+1:])
	s.Border = transform.Border{Width: width, Color: c}
	return okWidth && okColor
}
