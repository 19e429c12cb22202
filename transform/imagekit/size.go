package imagekit

import (
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

// maxPixels is the largest length. One that is larger is ignored (ImageKit,
// "Transform and adapt media assets", limits).
const maxPixels = 65535

func readWidth(s *step, v string) bool  { return readLength(&s.Resize.Width, v) }
func readHeight(s *step, v string) bool { return readLength(&s.Resize.Height, v) }

// readLength takes a number below 1 for a fraction, and 1 for a pixel.
func readLength(l *transform.Length, v string) bool {
	f, ok := number(v)
	switch {
	case !ok || f == 0:
		return false
	case f < 1:
		*l = transform.Fraction(f)
	case f <= maxPixels:
		*l = transform.Px(f)
	}
	return true
}

// readAspect takes `4-3` and the other spellings of ImageKit's pages and SDKs,
// `4_3` and `4:3`.
func readAspect(s *step, v string) bool {
	i := strings.IndexAny(v, "-_:")
	if i < 0 {
		return false
	}
	w, okW := number(v[:i])
	h, okH := number(v[i+1:])
	if !okW || !okH || h == 0 || w/h > maxPixels || w/h < 1.0/maxPixels {
		return false
	}
	s.Resize.Aspect = transform.Num(w / h)
	return true
}

func readDPR(s *step, v string) bool {
	f, ok := within(v, 0.1, 5)
	s.Resize.DPR = transform.Num(f)
	return ok
}

func readX(s *step, v string) bool       { return readPlace(&s.Resize.X, v) }
func readY(s *step, v string) bool       { return readPlace(&s.Resize.Y, v) }
func readCenterX(s *step, v string) bool { return readPlace(&s.Resize.CenterX, v) }
func readCenterY(s *step, v string) bool { return readPlace(&s.Resize.CenterY, v) }

func readPlace(n *transform.Number, v string) bool {
	f, ok := signed(v)
	*n = transform.Num(f)
	return ok && -maxPixels <= f && f <= maxPixels
}
