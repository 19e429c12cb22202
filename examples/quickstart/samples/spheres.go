package main

import (
	"image"
	"math"
)

// spheres is a still life, traced with soft shadows, reflections, one ball of glass and a lens that is focused on it.
func spheres(w, h int) *image.RGBA {
	const samples = 16
	eye, target := vec{0, 2.05, -7.4}, vec{0.05, 0.78, 0}
	ahead := target.sub(eye).unit()
	right := vec{0, 1, 0}.cross(ahead).unit()
	up := ahead.cross(right)
	focus := 7.0
	return expose(w, h, 1.6, func(x, y float64) light {
		sum := light{}
		for s := range samples {
			r := func(n int) float64 { return speck(int(x)*31+n, int(y)*17+s, 500+n) }
			px := (x + (float64(s%4)+r(1))/4 - 1) / float64(h)
			py := (y + (float64(s/4)+r(2))/4 - 1) / float64(h)
			px -= float64(w) / float64(h) / 2
			dir := ahead.add(right.mul(px * 0.74)).add(up.mul((0.5 - py) * 0.74))
			angle, wide := 2*math.Pi*r(3), 0.10*math.Sqrt(r(4))
			shift := right.mul(wide * math.Cos(angle)).add(up.mul(wide * math.Sin(angle)))
			ray := dir.mul(focus).sub(shift).unit()
			c := trace(eye.add(shift), ray, 4, r)
			// One very bright sample shall not make a white dot.
			if l := c.luminance(); l > 6 {
				c = c.times(6 / l)
			}
			sum = sum.add(c)
		}
		return sum.times(1.0 / samples)
	})
}

type vec struct{ x, y, z float64 }

func (a vec) add(b vec) vec     { return vec{a.x + b.x, a.y + b.y, a.z + b.z} }
func (a vec) sub(b vec) vec     { return vec{a.x - b.x, a.y - b.y, a.z - b.z} }
func (a vec) mul(k float64) vec { return vec{a.x * k, a.y * k, a.z * k} }
func (a vec) dot(b vec) float64 { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) unit() vec         { return a.mul(1 / math.Sqrt(a.dot(a))) }
func (a vec) cross(b vec) vec {
	return vec{a.y*b.z - a.z*b.y, a.z*b.x - a.x*b.z, a.x*b.y - a.y*b.x}
}
func (a vec) mirrored(normal vec) vec { return a.sub(normal.mul(2 * a.dot(normal))) }

type finish int

const (
	lacquer finish = iota
	metal
	glass
)

type ball struct {
	at     vec
	radius float64
	colour light
	finish finish
}

var still = []ball{
	{vec{-2.05, 1.00, 0.9}, 1.00, hex(0xe4572e), lacquer},
	{vec{0.10, 1.15, 1.7}, 1.15, hex(0xd9a441), metal},
	{vec{2.15, 0.90, 0.7}, 0.90, hex(0x1b998b), lacquer},
	{vec{0.35, 0.62, -0.55}, 0.62, hex(0xf4fbff), glass},
	{vec{-0.95, 0.45, -0.75}, 0.45, hex(0xf6f0e6), lacquer},
	{vec{1.42, 0.36, -1.15}, 0.36, hex(0x5b3fa8), lacquer},
	{vec{-1.85, 0.28, -1.30}, 0.28, hex(0xc9ccd3), metal},
	{vec{-0.35, 0.22, -1.75}, 0.22, hex(0xf2c14e), lacquer},
	{vec{3.55, 0.62, 2.6}, 0.62, hex(0xef8fa3), lacquer},
	{vec{-3.9, 0.75, 3.2}, 0.75, hex(0x3a6ea5), lacquer},
	{vec{1.75, 0.55, 3.6}, 0.55, hex(0xf6f0e6), lacquer},
}

// hit is the first ball on a ray, or -1.
func hit(from, ray vec, not int) (int, float64) {
	found, near := -1, math.Inf(1)
	for i := range still {
		b := &still[i]
		if i == not && b.finish != glass {
			continue
		}
		oc := from.sub(b.at)
		half := oc.dot(ray)
		disc := half*half - oc.dot(oc) + b.radius*b.radius
		if disc < 0 {
			continue
		}
		root := math.Sqrt(disc)
		t := -half - root
		if t < 1e-4 {
			t = -half + root
		}
		if t > 1e-4 && t < near {
			found, near = i, t
		}
	}
	return found, near
}

// trace follows a ray; r gives random numbers that belong to it.
func trace(from, ray vec, bounces int, r func(int) float64) light {
	i, t := hit(from, ray, -1)
	if ray.y < 0 {
		if floor := -from.y / ray.y; floor < t {
			return table(from.add(ray.mul(floor)), ray, bounces, r)
		}
	}
	if i < 0 {
		return studio(ray)
	}
	b := still[i]
	at := from.add(ray.mul(t))
	normal := at.sub(b.at).mul(1 / b.radius)
	if bounces == 0 {
		return b.colour.times(0.3)
	}
	cos := math.Abs(ray.dot(normal))
	schlick := func(f0 float64) float64 { return f0 + (1-f0)*math.Pow(1-cos, 5) }
	switch b.finish {
	case metal:
		rough := vec{r(11) - 0.5, r(12) - 0.5, r(13) - 0.5}.mul(0.07)
		return trace(at, ray.mirrored(normal).add(rough).unit(), bounces-1, r).tint(mix(b.colour, light{1, 1, 1}, schlick(0)))
	case glass:
		return refract(b, at, ray, normal, bounces, r)
	}
	shine := trace(at, ray.mirrored(normal), bounces-1, r)
	return mix(b.colour.tint(lit(at, normal, i, r)), shine, schlick(0.045))
}

func refract(b ball, at, ray, normal vec, bounces int, r func(int) float64) light {
	ratio := 1 / 1.5
	if ray.dot(normal) > 0 {
		normal, ratio = normal.mul(-1), 1.5
	}
	cos := -ray.dot(normal)
	under := 1 - ratio*ratio*(1-cos*cos)
	if under < 0 {
		return trace(at, ray.mirrored(normal), bounces-1, r)
	}
	through := trace(at, ray.mul(ratio).add(normal.mul(ratio*cos-math.Sqrt(under))).unit(), bounces-1, r).tint(b.colour)
	if ratio > 1 {
		return through
	}
	return mix(through, trace(at, ray.mirrored(normal), bounces-1, r), 0.04+0.96*math.Pow(1-cos, 5))
}

// lit is the light that a dull surface gets: from a big lamp, whose shadows are soft, from the room and from the table.
func lit(at, normal vec, self int, r func(int) float64) light {
	lamp := vec{-4.2 + 3*(r(21)-0.5), 6.4, -3.2 + 3*(r(22)-0.5)}
	to := lamp.sub(at)
	way := math.Sqrt(to.dot(to))
	to = to.mul(1 / way)
	sum := mix(light{0.33, 0.29, 0.27}, light{0.42, 0.50, 0.62}, 0.5+0.5*normal.y).times(0.5)
	if cos := normal.dot(to); cos > 0 {
		shade := 1.0
		if i, t := hit(at.add(normal.mul(1e-3)), to, self); i >= 0 && t < way {
			shade = 0
			if still[i].finish == glass {
				shade = 0.65
			}
		}
		sum = sum.add(light{1, 0.93, 0.82}.times(shade * cos * 95 / (way * way)))
	}
	return sum
}

// table is the polished wood below.
func table(at, ray vec, bounces int, r func(int) float64) light {
	along := at.x*0.35 + 0.05*fbm(at.x*0.5, at.z*0.9, 3, 530)
	grain := fbm(along*1.3, at.z*7+1.5*fbm(along, at.z*0.6, 2, 531), 4, 532)
	fine := noise(along*4, at.z*60, 533)
	c := mix(hex(0x5b3a26), hex(0xa9744a), clamp01(0.5+grain*1.1)).times(1 + 0.10*fine)
	near := 1.0 // less of the room's light gets under a ball
	for i := range still {
		b := &still[i]
		dx, dz := at.x-b.at.x, at.z-b.at.z
		near *= 1 - 0.75*math.Exp(-(dx*dx+dz*dz)/(b.radius*b.radius)*1.8)
	}
	light := lit(at, vec{0, 1, 0}, -1, r)
	c = c.tint(light).times(0.35 + 0.65*near)
	if bounces > 0 {
		shine := 0.05 + 0.6*math.Pow(1-math.Abs(ray.y), 5)
		rough := vec{r(31) - 0.5, 0, r(32) - 0.5}.mul(0.05)
		up := vec{ray.x, -ray.y, ray.z}.add(rough).unit()
		c = mix(c, trace(at.add(vec{0, 1e-4, 0}), up, min(bounces-1, 1), r), shine)
	}
	return mix(c, studio(vec{ray.x, 0.02, ray.z}), smooth(9, 26, at.z))
}

// studio is what a ray sees that hits nothing: a backdrop, a soft box and a window.
func studio(ray vec) light {
	c := mix(hex(0x8c9aa6), hex(0x2b3a4a), smooth(-0.05, 0.75, ray.y))
	c = c.add(hex(0xffd9b0).times(0.55 * math.Exp(-6*(ray.x*ray.x+ray.y*ray.y)) * smooth(-0.2, 0.6, ray.z)))
	if ray.y > 0.1 {
		x, z := ray.x/ray.y, ray.z/ray.y
		box := smooth(0.42, 0.36, math.Abs(x+0.66)) * smooth(0.36, 0.30, math.Abs(z+0.5))
		c = c.add(light{7, 6.5, 5.8}.times(box))
	}
	if ray.x > 0.2 {
		y, z := ray.y/ray.x, ray.z/ray.x
		pane := smooth(0.55, 0.52, math.Abs(y-0.75)) * smooth(0.75, 0.72, math.Abs(z+0.6)) * smooth(0.02, 0.05, math.Abs(y-0.75)) * smooth(0.02, 0.05, math.Abs(z+0.6))
		c = c.add(light{1.5, 2.0, 2.7}.times(pane))
	}
	return c
}
