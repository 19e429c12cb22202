package main

import "math"

// In the landscapes u and v are measured in picture heights, from the upper left corner.

// ridge is a chain of hills: how high up the picture it reaches at each u.
type ridge struct {
	base, height, scale float64
	octaves, seed       int
	forest              float64 // height of the firs that stand on it
}

// top is the v of the ridge's skyline.
func (r ridge) top(u float64) float64 {
	v := r.base - r.height*(ridged(u*r.scale, r.octaves, r.seed)-0.35)
	if r.forest > 0 {
		v -= r.firs(u)
	}
	return v
}

// firs is the height of the forest at u: of the few trees that can reach there, the highest.
func (r ridge) firs(u float64) float64 {
	gap := r.forest * 0.22
	cell, high := int(math.Floor(u/gap)), 0.0
	for i := cell - 2; i <= cell+2; i++ {
		at := (float64(i) + speck(i, 1, r.seed)) * gap
		tall := r.forest * (0.35 + 0.65*speck(i, 2, r.seed))
		side := math.Abs(u-at) / (tall * 0.2)
		high = math.Max(high, tall*(1-side)*(0.9+0.1*math.Cos(side*28)))
	}
	return high
}

// chain is ridges from the farthest to the nearest, with their skylines drawn once for every column.
type chain struct {
	ridges []ridge
	tops   [][]float64
	width  float64 // in picture heights
}

func survey(width float64, columns int, ridges ...ridge) chain {
	c := chain{ridges: ridges, width: width, tops: make([][]float64, len(ridges))}
	for i, r := range ridges {
		c.tops[i] = make([]float64, columns+1)
		for x := range c.tops[i] {
			c.tops[i][x] = r.top(float64(x) / float64(columns) * width)
		}
	}
	return c
}

func (c chain) top(i int, u float64) float64 {
	t := c.tops[i]
	x := clamp01(u/c.width) * float64(len(t)-2)
	n := int(x)
	return lerp(t[n], t[n+1], x-float64(n))
}

// front is the nearest ridge that hides everything behind it at a point, or -1 where the sky shows.
func (c chain) front(u, v float64) int {
	for i := len(c.ridges) - 1; i >= 0; i-- {
		if v > c.top(i, u)+0.001 {
			return i
		}
	}
	return -1
}

// fir tells how much of a point a single tree covers, 0 to 1. Its foot is at u, v.
func fir(pu, pv, u, v, height float64, seed int) float64 {
	t := (pv - (v - height)) / height
	du := pu - u
	if t < 0 || t > 1.02 || math.Abs(du) > height*0.3 {
		return 0
	}
	side := 0
	if du < 0 {
		side = 1
	}
	// Boughs hang: what is farther out belongs to a bough that starts higher.
	bough := (t - math.Abs(du)/height*0.45) * 30 * (1.5 - 0.5*t)
	n := math.Floor(bough)
	ragged := 0.62 + 0.38*(bough-n) + 0.5*(speck(int(n), side, seed)-0.5) + 0.16*noise(bough*5, float64(seed), side)
	half := height * 0.2 * math.Pow(t, 0.9) * ragged
	if t > 0.95 {
		half = height * 0.018 // the trunk
	}
	half = math.Max(half, height*0.0025)
	return 1 - smooth(-0.0006, 0.0006, math.Abs(du)-half)
}
