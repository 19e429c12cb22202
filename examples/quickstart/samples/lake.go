package main

import (
	"image"
	"math"
)

// lake is a mountain lake in the last sun.
func lake(w, h int) *image.RGBA {
	const shore, sunU, sunV = 0.665, 0.98, 0.475
	aspect := float64(w) / float64(h)
	land := survey(aspect, w,
		ridge{base: 0.555, height: 0.24, scale: 1.3, octaves: 7, seed: 11},
		ridge{base: 0.575, height: 0.20, scale: 1.7, octaves: 7, seed: 27},
		ridge{base: 0.595, height: 0.15, scale: 2.1, octaves: 7, seed: 35},
		ridge{base: 0.620, height: 0.10, scale: 1.9, octaves: 6, seed: 43, forest: 0.012},
		ridge{base: 0.642, height: 0.07, scale: 2.3, octaves: 5, seed: 52, forest: 0.022},
		ridge{base: 0.660, height: 0.05, scale: 2.0, octaves: 4, seed: 68, forest: 0.040},
	)
	sky := gradient{{0, hex(0x1c2a5c)}, {0.18, hex(0x4a4688)}, {0.34, hex(0xb8668f)}, {0.45, hex(0xf58f6c)}, {0.53, hex(0xffc27a)}, {0.62, hex(0xffdca0)}}
	far, near, mist := hex(0xb07a92), hex(0x0d1424), hex(0xf6b48a)

	air := func(u, v float64) light {
		d := math.Hypot(u-sunU, v-sunV)
		c := sky.at(v).add(light{1.0, 0.55, 0.25}.times(0.9 * math.Exp(-d*5.5)))
		// Clouds lie in streaks that get thinner towards the horizon; their undersides catch the sun.
		perspective := 1 / (0.70 - v)
		cu, cv := (u-0.7)*perspective*0.55, perspective*1.9
		bend := 0.5 * fbm(cu*0.8, cv*0.8, 3, 3)
		thick := fbm(cu+bend, cv+bend, 6, 5)
		sunny := fbm(cu+bend, cv+bend+0.12, 4, 5)
		cover := smooth(-0.02, 0.38, thick) * smooth(0.02, 0.2, v) * (1 - smooth(0.46, 0.58, v))
		edge := clamp01(0.55 + 1.8*(thick-sunny))
		lit := mix(hex(0xff7a59), hex(0xffd08a), math.Exp(-d*3)).times(0.8 + 1.0*math.Exp(-d*3.2))
		c = mix(c, mix(hex(0x5b4478), lit, edge), cover*0.85)
		disc := 1 - smooth(0.019, 0.0225, d)
		return c.add(light{1, 0.62, 0.3}.times(0.55 * math.Exp(-d*d*240))).add(light{9, 6.5, 3.4}.times(disc))
	}
	shoreView := func(u, v float64) light {
		front, c := land.front(u, v), light{}
		if front < 0 {
			c = air(u, v)
		}
		for i := max(front, 0); i < len(land.ridges); i++ {
			top := land.top(i, u)
			cover := smooth(-0.0007, 0.0007, v-top)
			if cover == 0 {
				continue
			}
			t := float64(i) / float64(len(land.ridges)-1)
			body := mix(far, near, math.Pow(t, 0.75))
			rock := fbm(u*22+v*9, v*40+float64(i)*7, 5, 80+i)
			body = body.times(1 + (1-t)*0.45*rock)
			glow := 0.9 * math.Exp(-math.Abs(u-sunU)*2.2)
			r := land.ridges[i]
			haze := smooth(r.base-0.75*r.height, r.base+0.06, v+0.02*fbm(u*5, v*9, 3, 70+i)) * (1 - 0.72*t) * 0.9
			body = mix(body, mix(hex(0x9d7390), mist, glow), haze)
			body = body.add(light{0.9, 0.45, 0.2}.times(0.22 * glow * (1 - t)))
			c = mix(c, body, cover)
		}
		return c
	}
	trees := []struct{ u, v, height float64 }{
		{0.035, 1.03, 0.78}, {0.125, 1.03, 0.60}, {0.20, 1.04, 0.42}, {-0.03, 1.02, 0.60}, {0.265, 1.05, 0.27},
		{1.475, 1.03, 0.52}, {1.40, 1.04, 0.36}, {1.52, 1.02, 0.44}, {1.345, 1.05, 0.22},
	}
	return expose(w, h, 1.6, func(x, y float64) light {
		u, v := x/float64(h), y/float64(h)
		c := light{}
		if v < shore {
			c = shoreView(u, v)
		} else {
			depth := (v - shore) / (1 - shore)
			away := 1 / (depth + 0.06)
			wave := fbm((u-0.75)*away*3.2, away*7, 4, 90)
			calm := 0.25 + 0.75*smooth(-0.15, 0.25, fbm(u*2.2, away*0.35, 3, 97))
			bend := wave * calm * (0.008 + 0.085*depth)
			c = shoreView(u+bend*0.35, shore-(v-shore)*0.92+bend).tint(light{0.70, 0.74, 0.84})
			c = mix(c, hex(0x14264a), 0.15+0.38*depth)
			path := math.Exp(-math.Pow((u-sunU)/(0.03+0.10*depth), 2))
			c = c.add(light{1.5, 0.85, 0.42}.times(path * smooth(0.10, 0.42, wave*calm) * (1 - 0.5*depth)))
			c = mix(c, hex(0xffcfa0), 0.30*math.Exp(-depth*26)) // mist over the water's far edge
		}
		bank := 0.985 - 0.20*math.Pow(math.Max(0, 1-u/0.34), 1.5) - 0.13*math.Pow(math.Max(0, (u-1.28)/0.22), 1.5) + 0.02*fbm(u*14, 1, 4, 61) - 0.012*speck(int(u*700), 4, 2)*speck(int(u*700), 5, 2)
		ground := smooth(-0.001, 0.001, v-bank)
		for i, t := range trees {
			ground = math.Max(ground, fir(u, v, t.u, t.v, t.height, i))
		}
		return mix(c, hex(0x070b14).times(1+0.5*fbm(u*60, v*60, 3, 71)), ground)
	})
}
