package main

import "math"

// hash scrambles integers; everything random in the samples comes from it, so that they are the same on every run.
func hash(x, y, z int) uint32 {
	h := uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77 ^ uint32(z)*0xc2b2ae3d
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	return h ^ h>>15
}

// speck is a random number in [0,1) for a place.
func speck(x, y, z int) float64 { return float64(hash(x, y, z)>>8) / (1 << 24) }

func fade(t float64) float64 { return t * t * t * (t*(t*6-15) + 10) }

// noise is Perlin's gradient noise, about -1 to 1.
func noise(x, y float64, seed int) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	x, y = x-fx, y-fy
	corner := func(cx, cy int) float64 {
		h := hash(ix+cx, iy+cy, seed)
		gx, gy := float64(h&0xffff)/32768-1, float64(h>>16)/32768-1
		return gx*(x-float64(cx)) + gy*(y-float64(cy))
	}
	u, v := fade(x), fade(y)
	return 1.6 * lerp(lerp(corner(0, 0), corner(1, 0), u), lerp(corner(0, 1), corner(1, 1), u), v)
}

// fbm adds octaves of noise, each finer and weaker: clouds, haze, ground.
func fbm(x, y float64, octaves, seed int) float64 {
	sum, amp := 0.0, 0.5
	for i := range octaves {
		sum += amp * noise(x, y, seed+i)
		x, y, amp = x*2.03+17, y*2.03-9, amp/2
	}
	return sum
}

// ridged is fbm folded at zero, which makes crests: mountains. It lies in about 0 to 1.
func ridged(x float64, octaves, seed int) float64 {
	sum, amp := 0.0, 0.5
	for i := range octaves {
		n := 1 - math.Abs(noise(x, 0.37, seed+i))
		sum += amp * n * n
		x, amp = x*2.1+5, amp*0.48
	}
	return sum
}

// noise3 is value noise in space, 0 to 1: a texture for a ball that has no seam.
func noise3(x, y, z float64, octaves int) float64 {
	sum, amp, total := 0.0, 0.5, 0.0
	for range octaves {
		fx, fy, fz := math.Floor(x), math.Floor(y), math.Floor(z)
		ix, iy, iz := int(fx), int(fy), int(fz)
		u, v, w := fade(x-fx), fade(y-fy), fade(z-fz)
		at := func(dx, dy, dz int) float64 { return speck(ix+dx, iy+dy, iz+dz) }
		plane := func(dz int) float64 {
			return lerp(lerp(at(0, 0, dz), at(1, 0, dz), u), lerp(at(0, 1, dz), at(1, 1, dz), u), v)
		}
		sum += amp * lerp(plane(0), plane(1), w)
		total += amp
		x, y, z, amp = x*2.02+3, y*2.02+7, z*2.02-5, amp/2
	}
	return sum / total
}
