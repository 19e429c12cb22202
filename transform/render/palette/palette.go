// Package palette finds the dominant colours of an image. It is plain Go on
// the samples of a small image, and deterministic.
package palette

import "github.com/caddy-images/caddy-images/transform"

// Color is a dominant colour of an image.
type Color struct {
	transform.Color // opaque

	// X and Y are the centre of its pixels: 0, the left or the top, to 1.
	X, Y float64
}

// Find returns the n dominant colours of an image, the most common first. The
// image has width pixels per row, and four samples per pixel: red, green,
// blue and alpha. Transparent pixels do not count; the result is nil if there
// are no others. If there are fewer colours, the last one is repeated.
func Find(samples []byte, width, n int) []Color {
	h := count(samples, width)
	var found []Color
	for len(found) < n {
		c, ok := h.strongest()
		if !ok {
			break
		}
		found = append(found, c)
		h.fade(c)
	}
	for len(found) > 0 && len(found) < n {
		found = append(found, found[len(found)-1])
	}
	return found
}

// A colour's bin is given by the upper bits of its three channels.
const (
	bits = 4
	side = 1 << bits
)

// bin sums up the pixels of similar colours, weighted by alpha.
type bin struct {
	weight     float64
	r, g, b    float64 // sums
	x, y       float64
	importance float64 // weight, reduced near colours found already
}

type histogram struct{ bins [side * side * side]bin }

func count(samples []byte, width int) *histogram {
	h := &histogram{}
	height := len(samples) / 4 / max(width, 1)
	for y := range height {
		for x := range width {
			p := samples[4*(y*width+x):]
			seen := float64(p[3]) / 255
			b := &h.bins[index(int(p[0])>>(8-bits), int(p[1])>>(8-bits), int(p[2])>>(8-bits))]
			b.weight += seen
			b.r += seen * float64(p[0])
			b.g += seen * float64(p[1])
			b.b += seen * float64(p[2])
			b.x += seen * (float64(x) + 0.5) / float64(width)
			b.y += seen * (float64(y) + 0.5) / float64(height)
		}
	}
	for i := range h.bins {
		h.bins[i].importance = h.bins[i].weight
	}
	return h
}

func index(r, g, b int) int { return (r*side+g)*side + b }

// strongest returns the mean of the most important group of neighbouring
// bins: noise spreads a colour over several.
func (h *histogram) strongest() (Color, bool) {
	best, most := bin{}, 0.0
	for r := range side {
		for g := range side {
			for b := range side {
				if h.bins[index(r, g, b)].importance == 0 {
					continue
				}
				if sum := h.around(r, g, b); sum.importance > most {
					best, most = sum, sum.importance
				}
			}
		}
	}
	if best.weight == 0 {
		return Color{}, false
	}
	mean := func(sum float64) uint8 { return uint8(sum/best.weight + 0.5) }
	return Color{
		Color: transform.Opaque(mean(best.r), mean(best.g), mean(best.b)),
		X:     best.x / best.weight,
		Y:     best.y / best.weight,
	}, true
}

// around sums up a bin and its neighbours.
func (h *histogram) around(r, g, b int) (sum bin) {
	for i := max(0, r-1); i <= min(side-1, r+1); i++ {
		for j := max(0, g-1); j <= min(side-1, g+1); j++ {
			for k := max(0, b-1); k <= min(side-1, b+1); k++ {
				n := &h.bins[index(i, j, k)]
				sum.weight += n.weight
				sum.r += n.r
				sum.g += n.g
				sum.b += n.b
				sum.x += n.x
				sum.y += n.y
				sum.importance += n.importance
			}
		}
	}
	return sum
}

// apart is the squared distance from which on colours are distinct.
const apart = 96 * 96

// fade reduces the importance of colours near a found one, so that the next
// one is different.
func (h *histogram) fade(c Color) {
	for i := range h.bins {
		b := &h.bins[i]
		if b.weight == 0 {
			continue
		}
		dr, dg, db := b.r/b.weight-float64(c.R), b.g/b.weight-float64(c.G), b.b/b.weight-float64(c.B)
		if d := dr*dr + dg*dg + db*db; d < apart {
			b.importance *= d / apart * d / apart
			if d < side*side {
				b.importance = 0
			}
		}
	}
}
