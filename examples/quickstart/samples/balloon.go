package main

import (
	"image"
	"math"
)

// balloon is a hot-air balloon over valleys full of morning mist, in portrait format: nobody can mistake which way is up.
func balloon(w, h int) *image.RGBA {
	aspect := float64(w) / float64(h)
	land := survey(aspect, w,
		ridge{base: 0.70, height: 0.13, scale: 2.1, octaves: 7, seed: 401},
		ridge{base: 0.745, height: 0.11, scale: 2.6, octaves: 7, seed: 412},
		ridge{base: 0.80, height: 0.10, scale: 2.2, octaves: 6, seed: 427},
		ridge{base: 0.855, height: 0.09, scale: 2.9, octaves: 6, seed: 437, forest: 0.012},
		ridge{base: 0.915, height: 0.08, scale: 2.4, octaves: 5, seed: 447, forest: 0.024},
		ridge{base: 0.985, height: 0.06, scale: 2.0, octaves: 4, seed: 452, forest: 0.048},
	)
	sky := gradient{{0, hex(0x2f6f9f)}, {0.25, hex(0x6fb0c4)}, {0.46, hex(0xcfe0cf)}, {0.60, hex(0xffe2b0)}, {0.72, hex(0xffc98f)}}
	far, near, mist := hex(0x86a9b3).times(1.2), hex(0x10282e), hex(0xffe0b8).times(1.7)
	return expose(w, h, 1.8, func(x, y float64) light {
		u, v := x/float64(h), y/float64(h)
		d := math.Hypot(u-0.10, v-0.60)
		front, c := land.front(u, v), light{}
		if front < 0 {
			c = sky.at(v).add(light{1.2, 0.75, 0.35}.times(0.8 * math.Exp(-d*4.5)))
			cloud := smooth(0.0, 0.5, fbm(u*2.6+0.4*fbm(u*2, v*4, 3, 460), v*8, 6, 462)+0.08) * smooth(0.60, 0.35, v)
			c = mix(c, hex(0xfff3e2).times(1.5), 0.65*cloud)
		}
		for i := max(front, 0); i < len(land.ridges); i++ {
			r := land.ridges[i]
			top := land.top(i, u)
			cover := smooth(-0.0006, 0.0006, v-top)
			if cover == 0 {
				continue
			}
			t := float64(i) / float64(len(land.ridges)-1)
			body := mix(far, near, math.Pow(t, 0.8)).times(1 + (1-t)*0.4*fbm(u*26+v*8, v*44+float64(i)*5, 5, 470+i))
			haze := smooth(r.base-0.7*r.height, r.base+0.045, v+0.018*fbm(u*6, v*10, 4, 480+i)) * (1 - 0.5*t)
			body = mix(body, mix(mist, hex(0xb9d2d2).times(1.25), clamp01(d*1.1)), haze)
			c = mix(c, body, cover)
		}
		c = envelope(c, u-0.155, v-0.475, 0.030, violets)
		c = envelope(c, u-0.555, v-0.565, 0.017, candy)
		return envelope(c, u-0.375, v-0.285, 0.135, rainbow)
	})
}

// The cloths that balloons are sewn of.
var (
	rainbow = []light{hex(0xd7263d), hex(0xf46036), hex(0xffc145), hex(0xfff3d6), hex(0x2e86ab), hex(0x1b4f72)}
	violets = []light{hex(0x6a4c93), hex(0xffca3a), hex(0xf7f7f2)}
	candy   = []light{hex(0x118ab2), hex(0xffffff), hex(0xef476f)}
)

// envelope paints a balloon whose sphere has the given radius and its centre at 0,0.
func envelope(c light, u, v, radius float64, cloth []light) light {
	u, v = u/radius, v/radius
	if math.Abs(u) > 2 || math.Abs(v) > 2.5 {
		return c
	}
	soft := 0.0006 / radius
	// A sphere above, a cone that narrows to the mouth below.
	wide := math.Sqrt(math.Max(0, 1-v*v))
	if v > 0.35 {
		s := clamp01((v - 0.35) / 1.05)
		wide = lerp(0.9367, 0.17, s) + 0.10*math.Sin(math.Pi*s)
	}
	if v > -1 && v < 1.4 {
		if cover := 1 - smooth(-soft, soft, math.Abs(u)-wide); cover > 0 {
			across := math.Asin(math.Max(-1, math.Min(1, u/math.Max(wide, 1e-6)))) + 0.35
			gore := across / math.Pi * 12
			colour := cloth[((int(math.Floor(gore))%len(cloth))+len(cloth))%len(cloth)]
			if math.Abs(v+0.05) < 0.17 {
				zig := math.Abs(gore-math.Floor(gore)-0.5)*0.3 - 0.075
				if v+0.05 > zig-0.08 && v+0.05 < zig+0.08 {
					colour = hex(0xfff6e0)
				}
			}
			bulge := gore - math.Floor(gore) - 0.5
			nx := u / math.Max(wide, 0.2)
			ny := v * 0.75
			nz := math.Sqrt(math.Max(0, 1-math.Min(1, nx*nx+ny*ny*0.8)))
			sun := math.Max(0, -0.62*(nx-bulge*0.25)-0.22*ny+0.68*nz)
			shade := 0.26 + 0.95*sun + 0.15*smooth(0.2, 1.4, v)
			seam := 1 - 0.28*smooth(0.42, 0.5, math.Abs(bulge))
			lit := colour.times(shade * seam).tint(light{1.08, 1, 0.92})
			lit = lit.add(light{1, 0.85, 0.6}.times(0.20 * math.Pow(sun, 14)))
			c = mix(c, lit, cover)
		}
	}
	line := func(u0, v0, u1, v1, thick float64) float64 {
		t := clamp01(((u-u0)*(u1-u0) + (v-v0)*(v1-v0)) / ((u1-u0)*(u1-u0) + (v1-v0)*(v1-v0)))
		return 1 - smooth(-soft, soft, math.Hypot(u-u0-t*(u1-u0), v-v0-t*(v1-v0))-thick)
	}
	for _, side := range []float64{-1, -0.33, 0.33, 1} {
		c = mix(c, hex(0x2b2320), line(side*0.165, 1.39, side*0.125, 1.72, 0.006))
	}
	flame := math.Exp(-(u*u*260 + math.Pow(v-1.50, 2)*60))
	c = c.add(light{3.2, 1.5, 0.4}.times(flame))
	if v > 1.70 && v < 1.96 && math.Abs(u) < 0.2 {
		basket := (1 - smooth(-soft, soft, math.Abs(u)-0.145+0.02*(v-1.7)*4)) * (1 - smooth(-soft, soft, math.Abs(v-1.83)-0.12))
		weave := 0.75 + 0.25*math.Sin(u*190)*math.Sin(v*150)
		c = mix(c, hex(0x8a5a2b).times(weave*(0.9-1.8*u)), basket)
		c = mix(c, hex(0x4a2d15), line(-0.15, 1.72, 0.15, 1.72, 0.018))
	}
	return c
}
