package transform

import (
	"math"

	"github.com/caddy-images/caddy-images/errors"
)

// check reports whether every expression in the step has a valid value for an
// image with these facts. The step is canonical, so ignored values are not
// checked.
func (s Step) check(f Facts) error {
	z := s.Resize
	for _, c := range []struct {
		name      string
		number    Number
		low, high float64
	}{
		{"The width", z.Width.number, positive, math.Inf(1)},
		{"The height", z.Height.number, positive, math.Inf(1)},
		{"The aspect ratio", z.Aspect, positive, math.Inf(1)},
		{"x", z.X, 0, math.Inf(1)},
		{"y", z.Y, 0, math.Inf(1)},
		{"xc", z.CenterX, 0, math.Inf(1)},
		{"yc", z.CenterY, 0, math.Inf(1)},
		{"The point's x", z.PointX, 0, 1},
		{"The point's y", z.PointY, 0, 1},
		{"dpr", z.DPR, 0.1, 5},
		{"The rotation", s.Rotate, math.Inf(-1), math.Inf(1)},
		{"The blur", s.Effects.Blur, 0, 100},
		{"The end of the gradient", s.Effects.Gradient.Stop.number, positive, math.Inf(1)},
		{"The border's width", s.Border.Width, 0, math.Inf(1)},
		{"The corner's radius", s.Corners.TopLeft.Px, 0, math.Inf(1)},
		{"The corner's radius", s.Corners.TopRight.Px, 0, math.Inf(1)},
		{"The corner's radius", s.Corners.BottomRight.Px, 0, math.Inf(1)},
		{"The corner's radius", s.Corners.BottomLeft.Px, 0, math.Inf(1)},
		{"The opacity", s.Opacity, 0, 100},
	} {
		if err := c.number.check(c.name, f, c.low, c.high); err != nil {
			return err
		}
	}
	return nil
}

// positive is the minimum for values that must be more than 0.
const positive = math.SmallestNonzeroFloat64

// check reports whether a number that depends on the image has a value from
// low to high for these facts. Constants were checked when they were parsed.
func (n Number) check(name string, f Facts, low, high float64) error {
	if n.expression == "" {
		return nil
	}
	switch v := n.In(f); {
	case math.IsNaN(v):
		return errors.New(errors.BadTransform, "%s cannot be computed for this image: it divides by 0 or is too large", name)
	case v < low && low == positive:
		return errors.New(errors.BadTransform, "%s is %v for this image; it must be more than 0", name, v)
	case v < low:
		return errors.New(errors.BadTransform, "%s is %v for this image; it must be at least %v", name, v, low)
	case v > high:
		return errors.New(errors.BadTransform, "%s is %v for this image; it must be at most %v", name, v, high)
	}
	return nil
}
