package saliency

import "math"

// planes has features of each pixel. All except seen and skin are 1 where
// they are strong, and at most 1.5.
type planes struct {
	height int

	seen   []float64 // alpha, 0 to 1
	light  []float64 // difference of brightness to the surroundings
	colour []float64 // difference of colour
	detail []float64 // more detail than the surroundings
	rare   []float64 // rarity of the colour
	skin   []float64 // similarity to skin, 0 to 1
}

// The sizes of an object and of its surroundings, as fractions of the image's
// longer side.
const (
	thing  = 0.015
	around = 0.12
)

// Weights of the features.
const (
	lightShare  = 0.7
	colourShare = 0.8
	detailShare = 0.7
	rareShare   = 0.5
	skinShare   = 2.4
)

// attention returns how much a pixel attracts attention. Skin counts a little
// by itself, and more with structure in it: eyes and a mouth rather than a
// bare wall.
func (p *planes) attention(i int) float64 {
	skin := skinShare * p.skin[i] * (0.35 + min(p.light[i]+p.detail[i], 1))
	return p.seen[i] * (lightShare*p.light[i] + colourShare*p.colour[i] + detailShare*p.detail[i] + rareShare*p.rare[i] + skin)
}

func newPlanes(samples []byte, width int) *planes {
	height := len(samples) / 4 / width
	n := width * height
	p := &planes{height: height, seen: make([]float64, n), skin: make([]float64, n)}
	lightness, a, b := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		s := samples[4*i : 4*i+4]
		p.seen[i] = float64(s[3]) / 255
		lightness[i], a[i], b[i] = lab(s[0], s[1], s[2])
		p.skin[i] = skin(lightness[i], a[i], b[i])
		// Transparent pixels count as white.
		lightness[i] = lightness[i]*p.seen[i] + 100*(1-p.seen[i])
		a[i], b[i] = a[i]*p.seen[i], b[i]*p.seen[i]
	}
	long := float64(max(width, height))
	near := func(v []float64) []float64 { return blurred(v, width, thing*long) }
	far := func(v []float64) []float64 { return blurred(v, width, around*long) }

	p.light = difference(near(lightness), far(lightness))
	da, db := difference(near(a), far(a)), difference(near(b), far(b))
	p.colour = make([]float64, n)
	for i := range n {
		p.colour[i] = math.Hypot(da[i], db[i])
	}
	edges := gradients(lightness, width)
	p.detail = excess(near(edges), far(edges))
	p.rare = rarity(lightness, a, b)
	p.rare = near(p.rare)
	p.skin = near(p.skin)
	for _, v := range [][]float64{p.light, p.colour, p.detail, p.rare} {
		normalise(v)
	}
	return p
}

// noise is the threshold below which differences are ignored: an image of one
// colour has nothing to amplify.
const noise = 1.5

// normalise scales strong values to a mean of 1, and clips larger ones, so
// that one bright spot does not dominate.
func normalise(v []float64) {
	top := strongest(v)
	for i := range v {
		v[i] = min(v[i]/max(top, noise), 1.5)
	}
}

// strongest returns about the mean of the strongest twentieth.
func strongest(v []float64) float64 {
	most := 0.0
	for _, x := range v {
		most = max(most, x)
	}
	if most == 0 {
		return 0
	}
	const bins = 256
	var count [bins]int
	var sum [bins]float64
	for _, x := range v {
		n := min(int(x/most*bins), bins-1)
		count[n]++
		sum[n] += x
	}
	want, have, total := max(len(v)/20, 1), 0, 0.0
	for n := bins - 1; n >= 0 && have < want; n-- {
		have += count[n]
		total += sum[n]
	}
	return total / float64(max(have, 1))
}

func difference(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = math.Abs(a[i] - b[i])
	}
	return d
}

// excess returns by how much a exceeds b.
func excess(a, b []float64) []float64 {
	d := make([]float64, len(a))
	for i := range a {
		d[i] = max(a[i]-b[i], 0)
	}
	return d
}

// gradients returns the gradient of brightness.
func gradients(v []float64, width int) []float64 {
	g := make([]float64, len(v))
	height := len(v) / width
	for y := range height {
		for x := range width {
			left, right := v[y*width+max(x-1, 0)], v[y*width+min(x+1, width-1)]
			up, down := v[max(y-1, 0)*width+x], v[min(y+1, height-1)*width+x]
			g[y*width+x] = math.Hypot(right-left, down-up)
		}
	}
	return g
}

// rarity returns the logarithm of how much rarer a pixel's colour is than the
// mean.
func rarity(lightness, a, b []float64) []float64 {
	const step = 14.0
	bin := func(i int) [3]int {
		return [3]int{int(math.Floor(lightness[i] / (2 * step))), int(math.Floor(a[i] / step)), int(math.Floor(b[i] / step))}
	}
	count := map[[3]int]int{}
	for i := range a {
		count[bin(i)]++
	}
	r := make([]float64, len(a))
	for i := range a {
		r[i] = math.Log2(float64(len(a)) / float64(count[bin(i)]))
	}
	return r
}

// blurred applies two box filters, with the ends repeated.
func blurred(v []float64, width int, sigma float64) []float64 {
	reach := max(1, int(math.Round(sigma*math.Sqrt(1.5))))
	height := len(v) / width
	out := v
	for range 2 {
		out = boxed(out, width, height, 1, width, reach)
		out = boxed(out, height, width, width, 1, reach)
	}
	return out
}

// boxed applies a box filter along lines of n values, step apart.
func boxed(v []float64, n, lines, step, next, reach int) []float64 {
	out := make([]float64, len(v))
	if n == 0 {
		return out
	}
	for line := range lines {
		at := func(i int) float64 { return v[line*next+min(max(i, 0), n-1)*step] }
		sum := 0.0
		for i := -reach; i <= reach; i++ {
			sum += at(i)
		}
		for i := range n {
			out[line*next+i*step] = sum / float64(2*reach+1)
			sum += at(i+reach+1) - at(i-reach)
		}
	}
	return out
}
