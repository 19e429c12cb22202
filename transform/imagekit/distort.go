package imagekit

import (
	"strconv"
	"strings"

	"github.com/caddy-images/caddy-images/transform"
)

const takesDistort = "p-x1_y1_x2_y2_x3_y3_x4_y4, whole pixels, the corners clockwise from the top left, whose sides must not cross or turn inwards; " +
	"or a-degrees, up to 360; with an N in front for negative numbers"

func readDistort(s *step, v string) bool {
	kind, value, _ := strings.Cut(v, "-")
	switch kind {
	case "a":
		degrees, ok := signed(value)
		s.Distort = transform.Distort{Kind: transform.Arc, Arc: degrees}
		return ok && degrees != 0 && -360 <= degrees && degrees <= 360
	case "p":
		q, ok := readQuad(value)
		s.Distort = transform.Distort{Kind: transform.Perspective, Quad: q}
		return ok && q.IsConvex()
	}
	return false
}

func readQuad(v string) (q transform.Quad, ok bool) {
	parts := strings.Split(v, "_")
	if len(parts) != 2*len(q) {
		return q, false
	}
	for n, part := range parts {
		unsigned, negative := strings.CutPrefix(part, "N")
		place, ok := whole(unsigned, 0, maxPixels)
		if !ok {
			return q, false
		}
		if negative {
			place = -place
		}
		if n%2 == 0 {
			q[n/2].X = place
		} else {
			q[n/2].Y = place
		}
	}
	return q, true
}

func (i *items) distort(d transform.Distort) {
	switch d.Kind {
	case transform.Arc:
		i.add("e-distort", "a-"+format(d.Arc))
	case transform.Perspective:
		var places []string
		for _, p := range d.Quad {
			for _, n := range []int{p.X, p.Y} {
				places = append(places, strings.Replace(strconv.Itoa(n), "-", "N", 1))
			}
		}
		i.add("e-distort", "p-"+strings.Join(places, "_"))
	}
}
