package imagekit

import (
	"math"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// maxPixels is the largest length. A larger one is ignored (ImageKit,
// "Transform and adapt media assets", limits).
const maxPixels = 65535

// readWidth ignores a width that is too large, and then keeps an automatic
// width.
func readWidth(s *step, v string) bool {
	ok := readLength(s, &s.Resize.Width, v)
	s.Resize.AutoWidth = s.Resize.AutoWidth && !s.Resize.Width.IsSet()
	return ok
}

func readAutoWidth(s *step, v string) bool {
	s.Resize.Width, s.Resize.AutoWidth = transform.Length{}, true
	return v == ""
}

func readHeight(s *step, v string) bool { return readLength(s, &s.Resize.Height, v) }

// readLength reads a number below 1 as a fraction, and 1 as a pixel. The
// value of an expression with variables is always in pixels.
func readLength(s *step, l *transform.Length, v string) bool {
	n, ok := s.amount(v, 0, math.Inf(1))
	f, constant := n.Constant()
	switch {
	case !ok || constant && f == 0:
		return false
	case !constant:
		*l = transform.Pixels(n)
	case f < 1:
		*l = transform.Fraction(f)
	case f <= maxPixels:
		*l = transform.Px(f)
	}
	return true
}

// readAspect reads `4-3` and the other spellings of ImageKit's pages and
// SDKs, `4_3` and `4:3`.
func readAspect(s *step, v string) bool {
	if isExpression(v) {
		n, ok := s.amount(v, 1.0/maxPixels, maxPixels)
		s.Resize.Aspect = n
		return ok
	}
	f, ok := ratio(v)
	s.Resize.Aspect = transform.Num(f)
	return ok
}

// ratio parses `4-3`, `4_3` or `4:3`.
func ratio(v string) (float64, bool) {
	i := strings.IndexAny(v, "-_:")
	if i < 0 {
		return 0, false
	}
	w, okW := number(v[:i])
	h, okH := number(v[i+1:])
	f := w / h
	return f, okW && okH && h > 0 && 1.0/maxPixels <= f && f <= maxPixels
}

func readDPR(s *step, v string) bool {
	n, ok := s.amount(v, 0.1, 5)
	s.Resize.DPR, s.Resize.AutoDPR = n, false
	return ok
}

func readAutoDPR(s *step, v string) bool {
	s.Resize.DPR, s.Resize.AutoDPR = transform.Number{}, true
	return v == ""
}

func readX(s *step, v string) bool       { return readPlace(s, &s.Resize.X, v) }
func readY(s *step, v string) bool       { return readPlace(s, &s.Resize.Y, v) }
func readCenterX(s *step, v string) bool { return readPlace(s, &s.Resize.CenterX, v) }
func readCenterY(s *step, v string) bool { return readPlace(s, &s.Resize.CenterY, v) }

func readPlace(s *step, n *transform.Number, v string) (ok bool) {
	*n, ok = s.amount(v, -maxPixels, maxPixels)
	return ok
}
