package main

import (
	"image"
	"math"
)

// aurora is northern lights over a snowy hill, with a cabin where somebody is awake.
func aurora(w, h int) *image.RGBA {
	aspect := float64(w) / float64(h)
	land := survey(aspect, w,
		ridge{base: 0.70, height: 0.17, scale: 1.6, octaves: 7, seed: 121},
		ridge{base: 0.755, height: 0.09, scale: 1.4, octaves: 6, seed: 135, forest: 0.030},
		ridge{base: 0.80, height: 0.04, scale: 1.2, octaves: 4, seed: 144, forest: 0.062},
	)
	night := gradient{{0, hex(0x070b1f)}, {0.35, hex(0x0d1836)}, {0.6, hex(0x1c3350)}, {0.75, hex(0x35586a)}}
	green, teal, violet := light{0.10, 1.0, 0.42}, light{0.05, 0.75, 0.75}, light{0.62, 0.16, 0.85}

	// A curtain hangs from a wandering line, has a sharp lower hem and fades upwards in rays.
	curtain := func(u, v, hem, reach, strength float64, seed int) light {
		line := hem + 0.16*fbm(u*1.15, 0.5, 3, seed) + 0.025*fbm(u*6, 0.5, 3, seed+9)
		up := line - v + 0.05*(u-0.75)
		if up < -0.04 || up > 4*reach {
			return light{}
		}
		lean := u + up*0.30*(u-0.75)
		fold := lean + 0.10*fbm(lean*2.1, v*0.4, 2, seed+3)
		rays := 0.45 + 0.85*math.Abs(noise(fold*16, 0.2, seed+5)) + 0.5*math.Abs(noise(fold*47, 0.4, seed+6))
		patch := smooth(-0.35, 0.35, fbm(u*1.3, 2.5, 3, seed+7))
		long := reach * (0.55 + 0.9*math.Abs(noise(fold*9, 0.7, seed+8)))
		bright := strength * rays * patch * smooth(-0.03, 0.015, up) * math.Exp(-math.Max(0, up)/long)
		colour := mix(mix(green, teal, smooth(0, 0.16, up)), violet, smooth(0.07, 0.34, up))
		return colour.times(bright)
	}
	sky := func(u, v float64) light {
		c := night.at(v)
		band := math.Exp(-math.Pow((v-0.15-0.35*(u-0.4))*4, 2)) // the Milky Way
		c = c.add(hex(0x3a4a78).times(0.45 * band * (0.6 + 0.9*fbm(u*4, v*4, 5, 150))))
		return c.add(curtain(u, v, 0.50, 0.15, 1.25, 160)).add(curtain(u, v, 0.36, 0.13, 0.65, 181)).add(curtain(u, v, 0.61, 0.07, 0.55, 199))
	}
	trees := []struct{ u, v, height float64 }{
		{1.46, 0.99, 0.52}, {1.36, 0.965, 0.36}, {1.27, 0.95, 0.25}, {1.52, 1.0, 0.6}, {1.19, 0.94, 0.17},
		{0.03, 0.97, 0.30}, {0.11, 0.95, 0.21}, {0.175, 0.94, 0.13}, {-0.03, 0.98, 0.4},
	}
	return expose(w, h, 2.2, func(x, y float64) light {
		u, v := x/float64(h), y/float64(h)
		field := 0.800 - 0.02*math.Pow(math.Abs(u-0.62), 1.6) + 0.010*fbm(u*2.3, 0.5, 3, 175)
		front, c := land.front(u, v), light{}
		if front < 0 {
			c = sky(u, v).add(stars(x, y, float64(h)))
		}
		for i := max(front, 0); i < len(land.ridges) && v < field+0.001; i++ {
			top := land.top(i, u)
			cover := smooth(-0.0007, 0.0007, v-top)
			if cover == 0 {
				continue
			}
			t := float64(i) / 2
			snow := mix(hex(0x2f5668), hex(0x9fd4d0), clamp01(0.45+0.9*fbm(u*14+v*8, v*24, 5, 170+i)))
			body := mix(mix(snow.times(0.42), hex(0x0c2028), 0.35), hex(0x04090e), smooth(0.1, 0.9, t))
			body = mix(body, hex(0x39786f), smooth(0, 0.16, v-top)*(1-t)*0.6)
			c = mix(c, body, cover)
		}
		// The snow field: drifts, lit by the sky above them.
		if v > field-0.002 {
			d := v - field
			drift := fbm(u*2.2+d*2, d*16, 5, 177)
			ahead := fbm(u*2.2+d*2+0.02, d*16+0.14, 5, 177)
			bright := 0.40 + 0.9*clamp01(0.5+2.2*(drift-ahead))
			ground := mix(hex(0x254a55), hex(0x86d3c2), 0.25+0.35*drift).times(bright * (0.75 - 0.5*d))
			ground = ground.add(hex(0xb6f5dd).times(0.25 * smooth(0.9965, 1, speck(int(x), int(y), 178))))
			c = mix(c, ground, smooth(-0.001, 0.001, d))
		}
		for i, t := range trees {
			cover := fir(u, v, t.u, t.v, t.height, 210+i)
			if cover == 0 {
				continue
			}
			needles := mix(hex(0x03070a), hex(0x2a5a58), 0.35*smooth(0.1, 0.5, fbm(u*60, v*90, 3, 190+i)))
			c = mix(c, needles, cover)
		}
		return cabin(c, u-0.93, v-0.858, 0.075)
	})
}

// stars are few bright and many faint ones; the bright ones have a halo.
func stars(x, y, h float64) light {
	sum := light{}
	for layer, s := range []struct{ cell, size, bright float64 }{{9, 0.75, 0.5}, {37, 1.1, 1.6}, {150, 1.8, 4}} {
		cell, size := s.cell*h/1600, s.size*h/1600
		ix, iy := int(x/cell), int(y/cell)
		if speck(ix, iy, 300+layer) < 0.5 {
			continue
		}
		px := (float64(ix) + 0.2 + 0.6*speck(ix, iy, 310)) * cell
		py := (float64(iy) + 0.2 + 0.6*speck(ix, iy, 311)) * cell
		d := ((x-px)*(x-px) + (y-py)*(y-py)) / (size * size)
		bright := s.bright * math.Pow(speck(ix, iy, 312), 3)
		warm := speck(ix, iy, 313)
		sum = sum.add(light{0.8 + 0.3*warm, 0.9, 1.2 - 0.4*warm}.times(bright * (math.Exp(-d) + 0.12/(1+d)*math.Exp(-d/40))))
	}
	return sum.times(smooth(0.74, 0.40, y/h))
}

// cabin paints a log cabin of the given size into the landscape, with its door's foot in the middle at 0,0.
func cabin(c light, u, v, size float64) light {
	u, v = u/size, v/size
	soft := 0.0009 / size
	if math.Abs(u) > 4 || v < -5 {
		return c
	}
	inside := func(u0, v0, u1, v1 float64) float64 {
		return (1 - smooth(-soft, soft, math.Max(u0-u, u-u1))) * (1 - smooth(-soft, soft, math.Max(v0-v, v-v1)))
	}
	warm := light{2.6, 1.35, 0.42}
	spill := math.Exp(-math.Pow((u-0.35-0.3*v)/(0.28+0.35*math.Max(0, v)), 2)) * math.Exp(-math.Max(0, v)*1.1) * smooth(-0.02, 0.05, v)
	c = c.add(warm.times(0.16 * spill)) // light on the snow
	c = c.add(warm.times(0.10 * math.Exp(-((u-0.3)*(u-0.3)+(v+0.35)*(v+0.35))*1.6)))
	logs := hex(0x24160f).times(0.7 + 0.5*math.Abs(math.Sin(v*34)))
	c = mix(c, logs, inside(-0.85, -0.72, 0.85, 0.02))
	roof := math.Max(math.Abs(u)*0.62-1.30-v, v+0.66)
	c = mix(c, mix(hex(0x5f9c98), hex(0xa9e6d6), smooth(-0.7, -1.2, v)).times(0.55), 1-smooth(-soft, soft, math.Max(roof, math.Abs(u)-1.04)))
	c = mix(c, logs.times(0.8), 1-smooth(-soft, soft, math.Max(math.Max(math.Abs(u)*0.62-1.18-v, v+0.66), math.Abs(u)-0.85)))
	c = mix(c, hex(0x120b08), inside(-0.42, -0.55, -0.12, 0.02))
	for _, at := range []float64{0.18, 0.46} {
		c = mix(c, warm.times(1-0.35*math.Abs(v+0.38)), inside(at, -0.52, at+0.24, -0.24))
		c = mix(c, hex(0x1a0f0a), math.Max(inside(at+0.105, -0.52, at+0.135, -0.24), inside(at, -0.395, at+0.24, -0.365)))
	}
	c = mix(c, hex(0x1b1512), inside(0.48, -1.36, 0.64, -1.0))
	smoke := fbm(u*1.6-0.3*v, v*1.2, 4, 222)
	drift := u - 0.56 + 0.22*(v+1.36) + 0.25*smoke
	c = c.add(hex(0x9fc6c4).times(0.16 * math.Exp(-drift*drift*9/math.Max(0.2, 0.25-0.35*(v+1.36))) * smooth(-1.34, -1.6, v) * smooth(-4.2, -1.8, v)))
	return c
}
