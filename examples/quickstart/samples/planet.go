package main

import (
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
)

// writePlanet writes an animation of a planet that turns once in its frames, so that the loop has no seam.
func writePlanet(w io.Writer) error {
	const size, frames = 360, 30
	inks := planetColours()
	anim := gif.GIF{}
	for f := range frames {
		turn := 2 * math.Pi * float64(f) / frames
		img := image.NewPaletted(image.Rect(0, 0, size, size), inks)
		eachRow(size, func(y int) {
			for x := range size {
				c := planet((float64(x)+0.5)/size*2-1, (float64(y)+0.5)/size*2-1, turn)
				img.SetColorIndex(x, y, nearest(inks, c, x, y))
			}
		})
		anim.Image = append(anim.Image, img)
		anim.Delay = append(anim.Delay, 8)
	}
	return gif.EncodeAll(w, &anim)
}

// planet is the light at a point of a frame; x and y go from -1 to 1.
func planet(x, y, turn float64) light {
	const radius = 0.70
	sun := vec{-0.62, -0.42, 0.66}.unit()
	x, y = x/radius, y/radius
	d := math.Hypot(x, y)
	space := hex(0x05070f)
	px, py := int((x+2)*90), int((y+2)*90)
	if speck(px, py, 700) > 0.994 {
		space = space.add(light{0.8, 0.85, 1}.times(speck(px, py, 701)))
	}
	rim := math.Exp(-math.Max(0, d-1)*16) * clamp01(0.25-(x*-sun.x+y*-sun.y)*0.9)
	space = space.add(light{0.10, 0.34, 0.85}.times(1.1 * rim))
	if d > 1.012 {
		return space
	}
	z := math.Sqrt(math.Max(0, 1-d*d))
	normal := vec{x, y, z}
	// The axis leans a little.
	ax, ay := x*0.94+y*0.34, -x*0.34+y*0.94
	sin, cos := math.Sincos(turn)
	sx, sz := ax*cos-z*sin, ax*sin+z*cos
	height := noise3(sx*2.1+4, ay*2.1+4, sz*2.1+4, 6)
	polar := math.Abs(ay) + 0.25*(height-0.5)
	ground := mix(hex(0x0b3a82), hex(0x1873b8), smooth(0.36, 0.52, height))
	if height > 0.525 {
		ground = mix(hex(0x2f7d3b), hex(0xb79a58), smooth(0.55, 0.66, height+0.18*(noise3(sx*3+9, ay*3, sz*3, 3)-0.5)))
	}
	ground = mix(ground, hex(0xf4f8ff), smooth(0.80, 0.87, polar))
	cloud := smooth(0.52, 0.68, noise3(sx*2.6-7+0.5*height, ay*4.2+3, sz*2.6+1, 5))
	ground = mix(ground, hex(0xffffff), 0.85*cloud)
	day := smooth(-0.08, 0.9, normal.dot(sun))
	c := ground.times(0.015 + 1.15*day)
	c = c.add(light{0.15, 0.42, 0.95}.times(0.75 * math.Pow(1-z, 2.2) * day))
	return mix(c, space, smooth(0.988, 1.012, d))
}

// planetColours are the shades that the planet is made of: sea, land, sand, cloud and air, from night to day.
func planetColours() color.Palette {
	p := color.Palette{}
	add := func(c light) {
		p = append(p, color.RGBA{screen(c.r), screen(c.g), screen(c.b), 255})
	}
	for _, ink := range []light{hex(0x0b3a82), hex(0x1873b8), hex(0x2f7d3b), hex(0xb79a58), hex(0xa8c4e0), hex(0xffffff), hex(0x4f9bff)} {
		for i := range 17 {
			t := float64(i+1) / 17
			add(ink.times(1.1 * t * t))
		}
	}
	for i := range 8 {
		add(hex(0x05070f).times(0.5 + float64(i)*0.4))
	}
	return p
}

func screen(v float64) uint8 { return uint8(math.Pow(clamp01(v), 1/2.2)*255 + 0.5) }

// nearest finds the palette's entry for a colour, after an ordered dither: unlike spread errors it lies still while the
// picture moves.
func nearest(p color.Palette, c light, x, y int) uint8 {
	bayer := [4][4]float64{{0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}}
	nudge := (bayer[y%4][x%4] - 7.5) * 0.9
	r, g, b := float64(screen(c.r))+nudge, float64(screen(c.g))+nudge, float64(screen(c.b))+nudge
	best, found := math.Inf(1), 0
	for i, entry := range p {
		e := entry.(color.RGBA)
		dr, dg, db := float64(e.R)-r, float64(e.G)-g, float64(e.B)-b
		if d := 2*dr*dr + 4*dg*dg + 3*db*db; d < best {
			best, found = d, i
		}
	}
	return uint8(found)
}
